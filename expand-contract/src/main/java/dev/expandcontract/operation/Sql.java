package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.StatementLocks;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@Describe("Runs short statements in one transaction under the lock policy: nobody queues behind it for longer than the"
        + " lock timeout, and it tries again until the lock budget is spent.")
public record Sql(
        @Describe("the statements") SqlExpression sql,
        @Describe("what takes them back") @Nullable SqlExpression rollback)
        implements Operation {

    /** What would end the transaction that the lock policy stands on, or begin another. */
    private static final Pattern TRANSACTION_CONTROL = Pattern.compile(
            "(?:BEGIN|START TRANSACTION|COMMIT|END|ABORT|ROLLBACK(?! (?:(?:WORK|TRANSACTION) )?TO\\b)"
                    + "|PREPARE TRANSACTION)\\b.*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern OPENS_BODY = Pattern.compile(".*\\bBEGIN ATOMIC\\b.*", Pattern.CASE_INSENSITIVE);

    /** These statements as one text. A comment at the end of a statement must not swallow what follows. */
    public static Sql of(List<String> statements) {
        String text = statements.stream()
                .map(statement -> statement + (statement.contains("--") ? "\n;" : ";"))
                .collect(Collectors.joining("\n"));
        return new Sql(new SqlExpression(text), null);
    }

    /** The same plan, executing these statements one by one. */
    public Plan plan(Catalog catalog, List<String> statements) {
        Step step = step(sql, catalog);
        return new Plan(
                "sql " + firstWords(),
                List.of(new Step(
                        step.description(),
                        new Action.ShortTransaction(sql.text(), statements),
                        step.locks(),
                        step.doneWhen(),
                        null)));
    }

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "sql");
        refuseTransactionControl("sql", sql, requirements);
        if (rollback != null) {
            refuseTransactionControl("rollback", rollback, requirements);
        }
        requirements.check();
        Step step = step(sql, catalog);
        return new Plan(
                "sql " + firstWords(), List.of(rollback == null ? step : step.undoneBy(step(rollback, catalog))));
    }

    /** For a statement that can't run in a transaction, such as {@code REINDEX … CONCURRENTLY} or {@code VACUUM}. */
    public Plan planOutsideTransaction() {
        return new Plan(
                "sql " + firstWords(),
                List.of(Step.longRunning(
                        "Run outside a transaction: " + firstWords(), sql.text(), List.of(), new DoneWhen.Recorded())));
    }

    /** The END of a function's body in SQL ends no transaction. */
    private static void refuseTransactionControl(String attribute, SqlExpression sql, Requirements requirements) {
        boolean isInBody = false;
        for (String statement : SqlText.statements(sql.text())) {
            boolean isControl = TRANSACTION_CONTROL.matcher(statement).matches();
            requirements.require(
                    !isControl || isInBody,
                    attribute
                            + " must not control the transaction, because all its statements run in one under the lock"
                            + " policy: " + statement + ". Leave it out, or make several operations of it");
            isInBody = OPENS_BODY.matcher(statement).matches() || (isInBody && !isControl);
        }
    }

    private static Step step(SqlExpression sql, Catalog catalog) {
        List<Lock> locks = StatementLocks.of(sql.text(), catalog::lockedTable);
        String statements = SqlText.statements(sql.text()).stream().findFirst().orElse("");
        return Step.shortly("Run: " + abbreviated(statements), sql.text(), locks, new DoneWhen.Recorded());
    }

    private String firstWords() {
        return abbreviated(SqlText.statements(sql.text()).stream().findFirst().orElse(""));
    }

    private static String abbreviated(String text) {
        return text.length() <= 60 ? text : text.substring(0, 59) + "…";
    }
}
