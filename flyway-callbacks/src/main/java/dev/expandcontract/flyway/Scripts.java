package dev.expandcontract.flyway;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resolver.MigrationResolver;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.sqlscript.SqlScript;
import org.flywaydb.core.internal.sqlscript.SqlStatement;
import org.flywaydb.core.internal.sqlscript.SqlStatementIterator;
import org.jspecify.annotations.Nullable;

/** The scripts of a command, read as Flyway itself reads them: its locations, placeholders, encodings, delimiters. */
final class Scripts {
    private static final Pattern SIGNS = Pattern.compile("\\b(?:online|concurrently)\\b", Pattern.CASE_INSENSITIVE);

    private final MigrationResolver.Context context;

    Scripts(MigrationResolver.Context context) {
        this.context = context;
    }

    /** Whether statements go to a file instead of the database. */
    boolean isDryRun() {
        return context.statementInterceptor != null;
    }

    /** Whether any script mentions what could make it ours; a cheap look, before placeholders are replaced. */
    boolean mentionOnlineOperations() {
        Collection<LoadableResource> all =
                context.resourceProvider.getResources("", context.configuration.getSqlMigrationSuffixes());
        return all.stream().anyMatch(this::mentionsOnlineOperations);
    }

    /** The script of this name; null if it is none, but a Java migration for example. */
    @Nullable
    Script read(String name) {
        LoadableResource resource = context.resourceProvider.getResource(name);
        if (resource == null) {
            return null;
        }
        List<Part> parts = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ScriptStatement statement : statements(resource, context.resourceProvider)) {
            try {
                parts.add(StatementReader.read(name, statement));
            } catch (InvalidOperation e) {
                problems.addAll(e.problems());
            }
        }
        return new Script(name, parts, problems);
    }

    /** The same for the report before anything runs, where a script that can't even be read is one problem more. */
    @Nullable
    Script readIfMentioningOnlineOperations(String name) {
        LoadableResource resource = context.resourceProvider.getResource(name);
        if (resource == null || !mentionsOnlineOperations(resource)) {
            return null;
        }
        try {
            return read(name);
        } catch (FlywayException e) {
            return new Script(name, List.of(), List.of(new Problem(name, String.valueOf(e.getMessage()))));
        }
    }

    /** @throws FlywayException if Flyway would refuse it without {@code mixed} */
    void refuseMixed(Script script) {
        LoadableResource resource = context.resourceProvider.getResource(script.name());
        context.sqlScriptFactory
                .createSqlScript(resource, false, context.resourceProvider)
                .executeInTransaction();
    }

    /**
     * The statements of a script, one for each part, before placeholders are replaced; or after, where they decide where
     * a statement ends.
     */
    List<String> asWritten(Script script) {
        LoadableResource resource = context.resourceProvider.getResource(script.name());
        try {
            List<String> written = statements(resource, new WithoutPlaceholders(context.resourceProvider)).stream()
                    .map(ScriptStatement::withoutLeadingComments)
                    .toList();
            if (written.size() == script.parts().size()) {
                return written;
            }
        } catch (FlywayException e) {
            FlywayLog.debug(script.name() + " can't be read without its placeholders: " + e.getMessage());
        }
        return statements(resource, context.resourceProvider).stream()
                .map(ScriptStatement::withoutLeadingComments)
                .toList();
    }

    private List<ScriptStatement> statements(LoadableResource resource, ResourceProvider configurations) {
        SqlScript script = context.sqlScriptFactory.createSqlScript(resource, true, configurations);
        List<ScriptStatement> statements = new ArrayList<>();
        try (SqlStatementIterator iterator = script.getSqlStatements()) {
            for (SqlStatement next = iterator.next(); next != null; next = iterator.next()) {
                statements.add(
                        new ScriptStatement(next.getSql(), next.getLineNumber(), next.canExecuteInTransaction()));
            }
        }
        return statements;
    }

    private boolean mentionsOnlineOperations(LoadableResource resource) {
        Predicate<String> sign = line -> SIGNS.matcher(line).find();
        Predicate<String> any =
                context.configuration.getPlaceholders().values().stream().anyMatch(sign)
                        ? sign.or(line -> line.contains(context.configuration.getPlaceholderPrefix()))
                        : sign;
        try (BufferedReader reader = new BufferedReader(resource.read())) {
            return reader.lines().anyMatch(any);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
