package dev.expandcontract.benchmarks;

import java.sql.SQLException;
import java.util.Optional;

/** One way of filling the column. All do the same work: {@code SET filled = … WHERE filled IS NULL}. */
interface Side {
    String VALUE = "customer * 100 + amount";
    String SET = "filled = " + VALUE;
    String CONDITION = "filled IS NULL";

    /** As on the command line. */
    String name();

    String description();

    /** Why it can't be used for this table; empty if it can. */
    default Optional<String> hindrance(BenchmarkCase what) {
        return Optional.empty();
    }

    /** Returns when every row is filled. */
    void fill(Database database, BenchmarkCase what) throws SQLException, InterruptedException;
}
