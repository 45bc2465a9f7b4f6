CALL online.create_index(table_name => 'orders', column_names => 'customer_id');
