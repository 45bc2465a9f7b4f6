package dev.expandcontract.run;

import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Our tables, for hosts that tell their own from the application's. */
public final class StateTables {
    private static final List<Identifier> ALL = List.of(new Identifier("expand_contract_backfill"), OperationLog.TABLE);

    private StateTables() {}

    /** In an order in which they can be dropped. */
    public static List<String> names() {
        return ALL.stream().map(Identifier::value).toList();
    }

    /** Drops those that exist; for hosts that were asked to drop everything. */
    public static void drop(Connection connection, Identifier schema) {
        for (Identifier table : ALL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS " + new QualifiedName(schema, table).sql());
            } catch (SQLException e) {
                throw new StepFailed("Table " + table + " could not be dropped: " + e.getMessage(), e);
            }
        }
    }
}
