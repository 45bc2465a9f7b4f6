package dev.expandcontract.docs;

import dev.expandcontract.operation.Attribute;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page of documentation of one operation. */
record Page(Example example, Plan plan, List<Map<String, LockMode>> locks) {
    String markdown() {
        OperationType type = example.type();
        return """
                # %s

                %s

                ## Attributes

                | Liquibase | Flyway | value | meaning |
                |---|---|---|---|
                %s

                Liquibase writes `%s`, Flyway `CALL online.%s(…)`, with `name => value` for each argument.

                ## Flyway

                ```sql
                %s
                ```

                ## Liquibase

                ```yaml
                %s
                ```

                ## What happens

                For the example, on PostgreSQL 17. The locks are those that a real server took; besides them every
                statement takes ACCESS SHARE, which only ACCESS EXCLUSIVE stands against.

                | step | how | lock | makes wait |
                |---|---|---|---|
                %s

                ```sql
                %s
                ```

                A step that is done already is skipped, so running it again changes nothing, and after a crash it goes on
                where it was.

                ## Undo

                %s

                <!-- Rendered from the operation's record, its example and the locks observed. Change those, not this page. -->
                """.formatted(
                type.name(),
                type.description(),
                lines(type.attributes().stream().map(Page::row).toList()),
                example.change(),
                type.snakeName(),
                example.flyway(),
                example.liquibase(),
                lines(java.util.stream.IntStream.range(0, plan.steps().size())
                        .mapToObj(i -> row(plan.steps().get(i), locks.get(i)))
                        .toList()),
                plan.steps().stream().map(step -> step.action().sql() + ";").collect(Collectors.joining("\n")),
                undo(type));
    }

    private String undo(OperationType type) {
        if (plan.changesNothing()) {
            return "Nothing was changed, so nothing is taken back.";
        }
        return type.noUndo()
                .orElseGet(() -> "By Liquibase's rollback, or from Java:\n\n```sql\n"
                        + plan.undo().steps().stream()
                                .map(step -> step.action().sql() + ";")
                                .collect(Collectors.joining("\n"))
                        + "\n```");
    }

    private static String row(Attribute attribute) {
        return "| `%s` | `%s` | %s%s | %s |"
                .formatted(
                        attribute.name(),
                        attribute.snakeName(),
                        attribute.type().words(),
                        attribute.isRequired() ? ", required" : "",
                        attribute.description());
    }

    private static String row(Step step, Map<String, LockMode> locks) {
        String held = locks.isEmpty()
                ? "none"
                : locks.entrySet().stream()
                        .map(lock -> lock.getValue().sql() + " on " + lock.getKey())
                        .collect(Collectors.joining(", "));
        boolean reads = locks.values().stream().anyMatch(LockMode::blocksReads);
        boolean writes = locks.values().stream().anyMatch(LockMode::blocksWrites);
        return "| %s | %s | %s | %s |"
                .formatted(
                        step.description(),
                        how(step.action()),
                        held,
                        reads ? "reads and writes, for a moment" : writes ? "writes, for a moment" : "nobody");
    }

    private static String how(Action action) {
        if (action instanceof Action.ShortTransaction) {
            return "short transaction under the lock policy";
        }
        return action instanceof Action.Batches
                ? "in batches"
                : action instanceof Action.Await || action instanceof Action.AwaitBackfill
                        ? "waits"
                        : "outside any transaction, with progress";
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines);
    }
}
