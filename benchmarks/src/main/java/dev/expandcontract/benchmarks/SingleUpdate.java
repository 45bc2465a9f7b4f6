package dev.expandcontract.benchmarks;

import java.sql.SQLException;

/** What everybody writes first. */
record SingleUpdate() implements Side {
    @Override
    public String name() {
        return Sides.BASE;
    }

    @Override
    public String description() {
        return "one big UPDATE";
    }

    @Override
    public void fill(Database database, BenchmarkCase what) throws SQLException {
        database.execute("UPDATE item SET " + SET + " WHERE " + CONDITION);
    }
}
