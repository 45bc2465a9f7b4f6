CALL online.backfill(table_name => 'orders', set => 'total_cents = total * 100', condition => 'total_cents IS NULL', backfill_name => 'order_totals');
-- in a later release, where something counts on it
CALL online.await_backfill(backfill_name => 'order_totals', timeout => '30min');
