CALL online.delete_rows(table_name => 'sessions', condition => $$expires_at < '2024-03-01'$$);
