CALL online.backfill(
    table_name => 'orders',
    set => 'customer_id = (SELECT c.id FROM customers c WHERE c.email = orders.customer_email)',
    condition => 'customer_id IS NULL'
);
