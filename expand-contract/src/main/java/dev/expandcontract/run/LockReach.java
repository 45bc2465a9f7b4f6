package dev.expandcontract.run;

import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.Reach;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Finds all tables that a lock comes to, so that each is waited for, and counted, like the one that is named. */
final class LockReach {
    /** In PostgreSQL's own order, which keeps two sessions that lock the same tree from a deadlock. */
    private static final String TABLES = """
            WITH RECURSIVE tree AS (
                SELECT c.oid, c.relkind, 0 AS depth FROM pg_class c WHERE c.oid = to_regclass(?)::oid
                UNION
                SELECT c.oid, c.relkind, tree.depth + 1
                FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid JOIN pg_class c ON c.oid = i.inhrelid
                WHERE tree.relkind = 'p' OR ?
            ), reached AS (
                SELECT oid, depth FROM tree
                UNION ALL
                SELECT k.confrelid, 1000 FROM tree JOIN pg_constraint k ON k.conrelid = tree.oid AND k.contype = 'f'
                WHERE ?
                UNION ALL
                SELECT k.conrelid, 1000 FROM tree JOIN pg_constraint k ON k.confrelid = tree.oid AND k.contype = 'f'
                WHERE ?
                UNION ALL
                SELECT unnest(ARRAY[p.partrelid, p.partdefid]), -1
                FROM pg_inherits i JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
                WHERE i.inhrelid = to_regclass(?)::oid AND ?
            )
            SELECT n.nspname, c.relname
            FROM reached JOIN pg_class c ON c.oid = reached.oid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT pg_is_other_temp_schema(n.oid)
            GROUP BY c.oid, n.nspname, c.relname
            ORDER BY min(reached.depth), c.oid
            """;

    private LockReach() {}

    /** One lock for each table, none of which reaches any further. */
    static List<Lock> of(Connection connection, List<Lock> locks) throws SQLException {
        List<Lock> all = new ArrayList<>();
        for (Lock lock : locks) {
            tables(connection, lock).stream()
                    .map(table -> new Lock(table, lock.mode(), Reach.TABLE))
                    .filter(one -> !all.contains(one))
                    .forEach(all::add);
        }
        return all;
    }

    private static List<QualifiedName> tables(Connection connection, Lock lock) throws SQLException {
        Reach reach = lock.reach();
        if (reach == Reach.TABLE) {
            return List.of(lock.table());
        }
        boolean isDropped = reach.compareTo(Reach.DROPPED) >= 0;
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, lock.table().sql());
            statement.setBoolean(2, reach.compareTo(Reach.DESCENDANTS) >= 0);
            statement.setBoolean(3, isDropped);
            statement.setBoolean(4, reach == Reach.DROPPED_WITH_CASCADE);
            statement.setString(5, lock.table().sql());
            statement.setBoolean(6, isDropped);
            try (ResultSet rows = statement.executeQuery()) {
                List<QualifiedName> tables = new ArrayList<>();
                while (rows.next()) {
                    tables.add(QualifiedName.of(rows.getString(1), rows.getString(2)));
                }
                return tables;
            }
        }
    }
}
