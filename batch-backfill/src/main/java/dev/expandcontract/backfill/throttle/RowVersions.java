package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The server's statistics of a table and its partitions.
 *
 * @param all live and dead
 * @param planned rows when it was last analysed or vacuumed, which autovacuum reckons with
 * @param threshold how many dead rows there can be at most before autovacuum comes, see "The Autovacuum Daemon"
 */
record RowVersions(long dead, long all, long planned, double threshold, boolean autovacuumed) {
    private static final String STATISTICS = """
            SELECT coalesce(sum(pg_stat_get_dead_tuples(t.oid)), 0)::bigint,
                   coalesce(sum(pg_stat_get_dead_tuples(t.oid) + pg_stat_get_live_tuples(t.oid)), 0)::bigint,
                   coalesce(sum(t.planned), 0)::bigint,
                   coalesce(sum(least(t.base + t.scale * t.planned, t.most)), 0),
                   coalesce(bool_and(t.enabled), true)
            FROM (SELECT c.oid, greatest(c.reltuples, 0) AS planned,
                         coalesce(o.base, current_setting('autovacuum_vacuum_threshold'))::float8 AS base,
                         coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor'))::float8 AS scale,
                         coalesce(nullif(coalesce(o.most, current_setting('autovacuum_vacuum_max_threshold', true))::float8, -1),
                                  'infinity') AS most,
                         current_setting('autovacuum')::boolean AND coalesce(o.enabled, 'true')::boolean AS enabled
                  FROM pg_catalog.pg_class c
                  CROSS JOIN LATERAL (
                      SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled,
                             max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold') AS base,
                             max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor') AS scale,
                             max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_max_threshold') AS most
                      FROM pg_options_to_table(c.reloptions)) o
                  WHERE c.relkind IN ('r', 'm')
                    AND (c.oid = CAST(? AS regclass) OR c.oid IN (SELECT relid FROM pg_partition_tree(CAST(? AS regclass))))
                 ) t
            """;

    /** @throws SQLException if there is no such table */
    static RowVersions of(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STATISTICS)) {
            statement.setString(1, table.sql());
            statement.setString(2, table.sql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new RowVersions(
                        row.getLong(1), row.getLong(2), row.getLong(3), row.getDouble(4), row.getBoolean(5));
            }
        }
    }
}
