package dev.expandcontract.benchmarks;

import java.sql.SQLException;

/** Nobody can read or write meanwhile: the limit of what is possible, no rival. */
record TableRewrite() implements Side {
    @Override
    public String name() {
        return Sides.LIMIT;
    }

    @Override
    public String description() {
        return "offline rewrite of the table under ACCESS EXCLUSIVE: the limit";
    }

    @Override
    public void fill(Database database, BenchmarkCase what) throws SQLException {
        database.execute("ALTER TABLE item ALTER COLUMN filled TYPE bigint USING " + VALUE);
    }
}
