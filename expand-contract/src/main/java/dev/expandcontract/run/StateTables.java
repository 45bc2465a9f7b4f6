package dev.expandcontract.run;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Our tables, for hosts that tell their own from the application's. */
public final class StateTables {
    private static final List<Identifier> ALL = List.of(
            new Identifier("expand_contract_backfill_range"),
            new Identifier("expand_contract_backfill"),
            OperationLog.TABLE);

    private StateTables() {}

    /** In an order in which they can be dropped. */
    public static List<String> names() {
        return ALL.stream().map(Identifier::value).toList();
    }

    /** Words for our table when the role at work, which a script may have changed, can't use it. */
    static ExpandContractException unusable(Identifier schema, SQLException e) {
        QualifiedName table = new QualifiedName(schema, OperationLog.TABLE);
        return SqlState.INSUFFICIENT_PRIVILEGE.matches(e)
                ? new ConfigurationProblem(
                        "The role that runs this statement may not use %s (%s). Make it a member of the role that owns that table, or GRANT SELECT, INSERT, UPDATE ON %s to it, or name another schema by expandcontract.schema. The statement was not run; earlier ones stay done, and the next run goes on from here."
                                .formatted(table, e.getMessage(), table),
                        e)
                : new StepFailed("The state table could not be read or written: " + e.getMessage(), e);
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
