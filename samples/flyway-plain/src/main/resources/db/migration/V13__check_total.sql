CALL online.add_check(table_name => 'orders', condition => 'total >= 0', constraint_name => 'orders_total_not_negative');
