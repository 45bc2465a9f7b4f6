package dev.expandcontract.catalog;

/** Sessions that are building an index concurrently. */
public final class IndexBuild {
    private IndexBuild() {}

    /**
     * A query for the column {@code pid}: who, other than ourselves, is building this index. Which index a session of
     * another role builds is not shown without pg_monitor; that it builds one, and what it has locked, is. Such a session
     * counts when it has locked this index's table. So does one that has declared the index valid and is about to commit:
     * by then it has released its lock.
     *
     * @param index an SQL expression, the oid of the index
     */
    public static String sessions(String index) {
        return """
                SELECT p.pid FROM pg_stat_progress_create_index p
                WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND p.pid <> pg_backend_pid()
                  AND (p.index_relid = %1$s
                       OR p.index_relid IS NULL AND EXISTS (
                           SELECT FROM pg_locks l JOIN pg_index x ON x.indrelid = l.relation
                           WHERE x.indexrelid = %1$s AND NOT x.indisvalid AND l.pid = p.pid AND l.granted
                             AND l.database = p.datid AND l.mode = 'ShareUpdateExclusiveLock'))
                UNION ALL
                SELECT l.pid FROM pg_index x JOIN pg_locks l ON l.transactionid = x.xmax
                WHERE x.indexrelid = %1$s AND l.granted AND l.pid <> pg_backend_pid()""".formatted(index);
    }
}
