package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Work on the rows of a table, done in batches.
 *
 * @param name what people and the state table call it, 1 to 200 characters; two jobs of one name can't run together
 * @param table with its schema; the SQL of the work calls it by its bare name
 * @param work what is done; it must not assign a column of the key that the batches follow
 * @param origin who asked, such as {@code flyway:V12__x.sql#3}; empty when called from Java. A finished job of the same
 *     definition and origin is not run again
 */
public record BackfillJob(String name, QualifiedName table, BackfillWork work, String origin, BackfillOptions options) {
    /** @throws InvalidOperation if the name is empty or too long, or the table has no schema */
    public BackfillJob {
        List<Problem> problems = new ArrayList<>();
        if (name.isBlank() || name.length() > 200) {
            problems.add(Problem.of("a backfill's name must have 1 to 200 characters; this has " + name.length()
                    + (name.isBlank() ? " and is blank" : "")));
        }
        if (table.schema() == null) {
            problems.add(Problem.of("the table of backfill \"" + name + "\" must be given with its schema: " + table));
        }
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
    }

    /** An update of all rows of the table, asked for from Java, with the default options. */
    public static BackfillJob of(String name, QualifiedName table, SqlExpression set) {
        return of(name, table, new BackfillWork.Update(set, null, null));
    }

    /** Asked for from Java, with the default options. */
    public static BackfillJob of(String name, QualifiedName table, BackfillWork work) {
        return new BackfillJob(name, table, work, "", BackfillOptions.defaults());
    }

    public BackfillJob withCondition(SqlExpression rows) {
        return new BackfillJob(name, table, work.withCondition(rows), origin, options);
    }

    public BackfillJob withOrigin(String who) {
        return new BackfillJob(name, table, work, who, options);
    }

    public BackfillJob withOptions(BackfillOptions how) {
        return new BackfillJob(name, table, work, origin, how);
    }

    /** The statement as its author thinks of it, for messages. */
    String definition() {
        return work.definition(table);
    }

    /** By which two jobs of one name are known to be the same. */
    String fingerprint() {
        String text = definition();
        if (work instanceof BackfillWork.Update update && update.from() == null) {
            SqlExpression condition = update.condition();
            text = table.sql() + '\0' + update.set().text() + '\0' + (condition == null ? "" : condition.text());
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
