package dev.expandcontract.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What somebody should know of work whose values are not the same each time. It may well be what its author wants. */
final class Volatility {
    private static final String MENDED = " If a function of yours does not vary, declare it STABLE or IMMUTABLE";

    private Volatility() {}

    /** @param job whose work PostgreSQL has planned without a complaint */
    static List<String> warnings(BackfillJob job, Connection connection) throws SQLException {
        List<String> warnings = new ArrayList<>();
        BackfillWork work = job.work();
        if (work instanceof BackfillWork.Update update) {
            ofValues("set:", VaryingCalls.of(connection, update.set()), warnings);
            for (NamedDefault named : NamedDefault.of(connection, job.table(), update.set())) {
                ofValues("set: the DEFAULT of " + named.column(), VaryingCalls.of(connection, named.value()), warnings);
            }
            ofValues("from:", VaryingCalls.of(connection, update.from()), warnings);
        } else if (work instanceof BackfillWork.Copy copy) {
            ofValues("values:", VaryingCalls.of(connection, copy.values()), warnings);
        }
        List<String> volatiles = VaryingCalls.of(connection, work.condition()).volatiles();
        if (!volatiles.isEmpty()) {
            warnings.add("condition: calls " + String.join(", ", volatiles)
                    + ", VOLATILE for PostgreSQL: it may hold for a row now and not the next time, so that nobody can tell"
                    + " which rows are done." + MENDED);
        }
        return warnings;
    }

    private static void ofValues(String where, VaryingCalls calls, List<String> warnings) {
        if (!calls.volatiles().isEmpty()) {
            warnings.add(where + " calls " + String.join(", ", calls.volatiles())
                    + ", VOLATILE for PostgreSQL: each row gets a value of its own, and another one if it is ever done"
                    + " again." + MENDED);
        }
        if (!calls.times().isEmpty()) {
            warnings.add(where + " calls " + String.join(", ", calls.times())
                    + ", the time at which each batch begins: rows get different times. If all are to have the same, write"
                    + " that time itself");
        }
    }
}
