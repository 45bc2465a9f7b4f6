CALL online.sql(sql => 'ALTER TABLE orders ADD COLUMN note text');
