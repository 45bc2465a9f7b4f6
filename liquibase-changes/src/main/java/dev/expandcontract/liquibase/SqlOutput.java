package dev.expandcontract.liquibase;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.run.Remaining;
import dev.expandcontract.run.Script;
import dev.expandcontract.sql.Identifier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawSqlStatement;
import org.jspecify.annotations.Nullable;

/** The plan as SQL to be run by hand, for updateSql, rollbackSql and Liquibase's log. Executes nothing. */
final class SqlOutput {
    /** Its SQL runs on every supported server. */
    private static final int UNKNOWN_VERSION = 17;

    private final Database database;

    private SqlOutput(Database database) {
        this.database = database;
    }

    static SqlOutput of(Database database) {
        return new SqlOutput(database);
    }

    static boolean isUndoable(Operation operation) {
        return operation.plan(Catalog.assumed(UNKNOWN_VERSION)).isUndoable();
    }

    SqlStatement[] statements(Operation operation) {
        return raw(script(operation, UnaryOperator.identity(), isFirst()));
    }

    /** Taking back what was taken back already changes nothing, so that nothing has to be left out. */
    SqlStatement[] undo(Operation operation) {
        return raw(script(operation, Plan::undo, false));
    }

    private Stream<String> script(Operation operation, UnaryOperator<Plan> direction, boolean leavesOutDone) {
        if (!LentConnection.isLive(database)) {
            return assumed(operation, direction);
        }
        try (LentConnection lent = LentConnection.of(database)) {
            return live(lent, operation, direction, leavesOutDone);
        } catch (ExpandContractException e) {
            return Stream.concat(Stream.of(notChecked(e)), assumed(operation, direction));
        }
    }

    private static Stream<String> live(
            LentConnection lent, Operation operation, UnaryOperator<Plan> direction, boolean leavesOutDone) {
        Catalog catalog = Catalog.of(lent.connection());
        Identifier schema = unlessPublic(lent.defaultSchema());
        Remaining everything = Remaining.everythingOn(lent.connection());
        try {
            Remaining remaining = leavesOutDone ? Remaining.undoneOn(lent.connection()) : everything;
            return text(operation, direction, catalog, remaining, schema);
        } catch (ExpandContractException e) {
            return Stream.concat(
                    Stream.of(notChecked(e)), text(operation, direction, Catalog.assumed(catalog), everything, schema));
        }
    }

    private Stream<String> assumed(Operation operation, UnaryOperator<Plan> direction) {
        String schema = database.getDefaultSchemaName();
        return text(
                operation,
                direction,
                Catalog.assumed(version()),
                Remaining.everything(),
                schema == null || schema.isBlank() ? null : unlessPublic(new Identifier(schema)));
    }

    private static Stream<String> text(
            Operation operation,
            UnaryOperator<Plan> direction,
            Catalog catalog,
            Remaining remaining,
            @Nullable Identifier schema) {
        Script script = new Script(catalog, LiquibaseSettings.read(), remaining, schema);
        return script.of(direction.apply(operation.plan(catalog))).stream();
    }

    /** Names are looked up there anyway. */
    private static @Nullable Identifier unlessPublic(Identifier schema) {
        return schema.value().equals("public") ? null : schema;
    }

    private static String notChecked(ExpandContractException e) {
        return "-- Not checked: " + String.valueOf(e.getMessage()).replaceAll("\\R", "\n--   ")
                + "\n-- An earlier changeSet of this output may change that.\n";
    }

    /**
     * Whether no other changeSet stands before this one in the output: then the database will be as it is now. What this
     * output has recorded is in Liquibase's memory only, without the place that the table gives it.
     */
    private boolean isFirst() {
        try {
            return database.getRanChangeSetList().stream().allMatch(ran -> ran.getOrderExecuted() != null);
        } catch (DatabaseException e) {
            return false;
        }
    }

    @SuppressWarnings("deprecation") // its successors came after 4.24
    private static SqlStatement[] raw(Stream<String> texts) {
        return texts.map(RawSqlStatement::new).toArray(SqlStatement[]::new);
    }

    private int version() {
        try {
            int version = database.getDatabaseMajorVersion();
            return version > 0 && version < 100 ? version : UNKNOWN_VERSION;
        } catch (DatabaseException e) {
            return UNKNOWN_VERSION;
        }
    }
}
