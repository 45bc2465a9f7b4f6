ALTER TABLE orders ADD COLUMN paid_at timestamptz;

CREATE INDEX orders_customer_email_idx ON orders (customer_email);
