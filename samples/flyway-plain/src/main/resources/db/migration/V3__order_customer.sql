-- New orders have it from this release on; the old ones get it in version 10.
ALTER TABLE orders ADD COLUMN customer_id bigint;
