CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, customer_email text, total numeric(10, 2) NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO customers SELECT n, 'customer' || n || '@example.org' FROM generate_series(1, 100) n;
INSERT INTO orders (id, customer_id, customer_email, total)
SELECT n, 1 + n % 100, 'customer' || (1 + n % 100) || '@example.org', n % 500 FROM generate_series(1, 2000) n;
ALTER TABLE orders ADD COLUMN total_cents bigint;
