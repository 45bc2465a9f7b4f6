CALL online.add_not_null(table_name => 'orders', column_name => 'customer_id');
