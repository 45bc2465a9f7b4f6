CALL online.add_foreign_key(table_name => 'orders', column_names => 'customer_id', referenced_table_name => 'customers');
