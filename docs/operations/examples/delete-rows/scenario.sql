CREATE TABLE sessions (id bigint PRIMARY KEY, user_id bigint NOT NULL, expires_at timestamptz NOT NULL);
INSERT INTO sessions SELECT n, n % 100, timestamptz '2024-01-01' + n * interval '1 hour' FROM generate_series(1, 2000) n;
