CALL online.validate_constraint(table_name => 'orders', constraint_name => 'orders_total_positive');
