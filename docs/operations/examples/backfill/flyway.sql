CALL online.backfill(table_name => 'orders', set => 'total_cents = total * 100', condition => 'total_cents IS NULL');
