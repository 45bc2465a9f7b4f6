CALL online.copy_rows(table_name => 'orders', target_table_name => 'order_notes', column_names => 'order_id, note',
    expressions => 'id, note', condition => 'note IS NOT NULL', skip_existing => true);
