package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.QualifiedName;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is backfilled, and by whom.
 *
 * @param table with its schema
 * @param workers the server's process ids of the job's other workers, as far as they are known at that moment. They are
 *     no sessions of an application: nobody need be spared on their account
 */
public record Target(QualifiedName table, Supplier<Set<Integer>> workers) {
    /** A job whose other workers are not known. */
    public static Target of(QualifiedName table) {
        return new Target(table, Set::of);
    }
}
