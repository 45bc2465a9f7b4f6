CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, total numeric(10, 2) NOT NULL, note text);
INSERT INTO orders SELECT n, 1 + n % 100, n % 500, 'note ' || n FROM generate_series(1, 2000) n;
CREATE TABLE order_notes (order_id bigint PRIMARY KEY, note text NOT NULL);
