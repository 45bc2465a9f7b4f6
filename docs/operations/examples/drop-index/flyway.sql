CALL online.drop_index(index_name => 'orders_customer_id_idx');
