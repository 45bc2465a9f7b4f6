UPDATE orders
SET customer_id = (SELECT c.id FROM customers c WHERE c.email = orders.customer_email)
WHERE customer_id IS NULL;
