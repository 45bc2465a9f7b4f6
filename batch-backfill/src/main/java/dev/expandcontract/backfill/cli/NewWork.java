package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a new job does. */
final class NewWork {
    /** Who asks, so that the same command again does nothing once it has finished. */
    private static final String ORIGIN = "command line";

    @Option(names = "--table", required = true, paramLabel = "TABLE", description = "Table whose rows are gone through")
    private String table = "";

    @Option(names = "--set", paramLabel = "SQL", description = "Changes rows: what stands after SET")
    private @Nullable String set;

    @Option(names = "--from", paramLabel = "SQL", description = "With --set: what stands after FROM")
    private @Nullable String from;

    @Option(names = "--delete", description = "Deletes rows")
    private boolean deletes;

    @Option(names = "--copy-to", paramLabel = "TABLE", description = "Copies rows there")
    private @Nullable String target;

    @Option(names = "--columns", paramLabel = "COLUMNS", description = "With --copy-to: columns that are filled")
    private @Nullable String columns;

    @Option(
            names = "--values",
            paramLabel = "SQL",
            description = "With --copy-to: what with; default: the same columns")
    private @Nullable String values;

    @Option(names = "--skip-existing", description = "With --copy-to: rows that are there already stay as they are")
    private boolean skipsExisting;

    @Option(
            names = "--condition",
            paramLabel = "SQL",
            description = "Which rows: what stands after WHERE; default: all")
    private @Nullable String condition;

    BackfillJob job(Connection connection, @Nullable String name, CommandLine command) throws SQLException {
        QualifiedName itsTable = qualified(connection, table);
        BackfillWork work = work(connection, command);
        String definition = work.definition(itsTable);
        String itsName = name == null ? definition.substring(0, Math.min(200, definition.length())) : name;
        return new BackfillJob(itsName, itsTable, work, ORIGIN, BackfillOptions.defaults());
    }

    private BackfillWork work(Connection connection, CommandLine command) throws SQLException {
        requireTogether(command);
        if (deletes) {
            return new BackfillWork.Delete(sql(condition));
        }
        if (target != null) {
            var filled = new SqlExpression(Objects.requireNonNull(columns));
            SqlExpression with = sql(values);
            return new BackfillWork.Copy(
                    qualified(connection, target), filled, with == null ? filled : with, sql(condition), skipsExisting);
        }
        return new BackfillWork.Update(new SqlExpression(Objects.requireNonNull(set)), sql(from), sql(condition));
    }

    private void requireTogether(CommandLine command) {
        require(
                Stream.of(set != null, deletes, target != null).filter(it -> it).count() == 1,
                "Give one of --set, --delete and --copy-to",
                command);
        require(from == null || set != null, "--from goes with --set", command);
        require(target == null || columns != null, "--copy-to needs --columns", command);
        require(
                target != null || (columns == null && values == null && !skipsExisting),
                "--columns, --values and --skip-existing go with --copy-to",
                command);
    }

    private static void require(boolean isGood, String message, CommandLine command) {
        if (!isGood) {
            throw new ParameterException(command, message);
        }
    }

    private static @Nullable SqlExpression sql(@Nullable String text) {
        return text == null || text.isBlank() ? null : new SqlExpression(text);
    }

    /** With its schema, as the search path finds it. */
    private static QualifiedName qualified(Connection connection, String text) throws SQLException {
        QualifiedName name = parse(text);
        if (name.schema() != null) {
            return name;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT s.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
                WHERE c.oid = to_regclass(?)""")) {
            statement.setString(1, name.sql());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new InvalidOperation("table " + name + " does not exist in any schema of the search path");
                }
                return QualifiedName.of(row.getString(1), name.name().value());
            }
        }
    }

    private static QualifiedName parse(String text) {
        try {
            return QualifiedName.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidOperation(String.valueOf(e.getMessage()));
        }
    }
}
