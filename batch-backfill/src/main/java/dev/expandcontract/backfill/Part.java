package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;

/**
 * A table that holds rows itself: the job's table, or one of its partitions. A pass that an earlier release began has a
 * partitioned table as its one part, with all that hang on it.
 *
 * @param file its {@code pg_relation_filenode}: another one after VACUUM FULL, CLUSTER or TRUNCATE
 * @param alias the job's table by its bare name, as which the author's SQL knows it
 */
record Part(long oid, long file, QualifiedName name, Identifier alias, boolean isPartitioned) {
    /** For use after {@code FROM}, {@code UPDATE} or {@code DELETE FROM}. */
    String sql() {
        return (isPartitioned ? "" : "ONLY ") + name.sql() + " AS " + alias.sql();
    }
}
