CREATE TABLE orders (id int PRIMARY KEY, note text);

INSERT INTO orders
SELECT i, 'order; ' || i
FROM generate_series(1, 3) i;

CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders; $$;
