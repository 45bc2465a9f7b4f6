package dev.expandcontract.liquibase;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.run.Script;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import liquibase.database.Database;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawSqlStatement;
import org.jspecify.annotations.Nullable;

/** The plan as SQL to be run by hand, for updateSql, rollbackSql and Liquibase's log. Executes nothing. */
final class SqlOutput {
    /** Its SQL runs on every supported server. */
    private static final int UNKNOWN_VERSION = 17;

    private final @Nullable Database live;
    private final Catalog assumed;

    private SqlOutput(@Nullable Database live, Catalog assumed) {
        this.live = live;
        this.assumed = assumed;
    }

    static SqlOutput of(Database database) {
        return new SqlOutput(LentConnection.isLive(database) ? database : null, Catalog.assumed(version(database)));
    }

    static boolean isUndoable(Operation operation) {
        return operation.plan(Catalog.assumed(UNKNOWN_VERSION)).isUndoable();
    }

    SqlStatement[] statements(Operation operation) {
        return script(operation, UnaryOperator.identity());
    }

    SqlStatement[] undo(Operation operation) {
        return script(operation, Plan::undo);
    }

    private SqlStatement[] script(Operation operation, UnaryOperator<Plan> direction) {
        if (live == null) {
            return raw(text(operation, direction, assumed));
        }
        try (LentConnection lent = LentConnection.of(live)) {
            return raw(text(operation, direction, Catalog.of(lent.connection())));
        } catch (ExpandContractException e) {
            String note = "-- Not checked: " + String.valueOf(e.getMessage()).replaceAll("\\R", "\n--   ")
                    + "\n-- An earlier changeSet of this output may change that.\n";
            return raw(Stream.concat(Stream.of(note), text(operation, direction, assumed)));
        }
    }

    private static Stream<String> text(Operation operation, UnaryOperator<Plan> direction, Catalog catalog) {
        return new Script(catalog, LiquibaseSettings.read()).of(direction.apply(operation.plan(catalog))).stream();
    }

    @SuppressWarnings("deprecation") // its successors came after 4.24
    private static SqlStatement[] raw(Stream<String> texts) {
        return texts.map(RawSqlStatement::new).toArray(SqlStatement[]::new);
    }

    private static int version(Database database) {
        try {
            int version = database.getDatabaseMajorVersion();
            return version > 0 && version < 100 ? version : UNKNOWN_VERSION;
        } catch (liquibase.exception.DatabaseException e) {
            return UNKNOWN_VERSION;
        }
    }
}
