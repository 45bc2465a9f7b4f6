package dev.expandcontract.plan;

import static dev.expandcontract.plan.TableNames.NAME;
import static dev.expandcontract.plan.TableNames.TABLE;

import dev.expandcontract.sql.SqlText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The locks of ALTER TABLE: the strongest that any of its actions needs. */
final class AlterTable {
    private static final Pattern STATEMENT =
            Pattern.compile("ALTER TABLE (?:IF EXISTS )?" + TABLE + " (.*)", Pattern.CASE_INSENSITIVE);

    private static final String COLUMN = "ALTER (?:COLUMN )?" + NAME + " ";

    /** An action, and what it needs. */
    private record Form(Pattern pattern, LockMode mode, Reach reach) {
        Form(String pattern, LockMode mode, Reach reach) {
            this(Pattern.compile("(?:" + pattern + ").*", Pattern.CASE_INSENSITIVE), mode, reach);
        }
    }

    /** The first that fits counts; see "Notes" of ALTER TABLE in PostgreSQL's documentation. */
    private static final List<Form> FORMS = List.of(
            // Before PostgreSQL 18 it reaches partitions only; then one lock more than needed is held for a moment.
            new Form(
                    "ADD (?:CONSTRAINT " + NAME + " )?FOREIGN KEY\\b", LockMode.SHARE_ROW_EXCLUSIVE, Reach.DESCENDANTS),
            new Form(
                    "(?:ENABLE|DISABLE) (?:(?:ALWAYS|REPLICA) )?TRIGGER\\b",
                    LockMode.SHARE_ROW_EXCLUSIVE,
                    Reach.PARTITIONS),
            new Form("VALIDATE CONSTRAINT\\b", LockMode.SHARE_UPDATE_EXCLUSIVE, Reach.DESCENDANTS),
            new Form(COLUMN + "(?:SET STATISTICS\\b|(?:RE)?SET ?\\()", LockMode.SHARE_UPDATE_EXCLUSIVE, Reach.TABLE),
            new Form("(?:RE)?SET ?\\(", LockMode.SHARE_UPDATE_EXCLUSIVE, Reach.TABLE),
            new Form("CLUSTER ON\\b|SET WITHOUT CLUSTER\\b", LockMode.SHARE_UPDATE_EXCLUSIVE, Reach.TABLE),
            new Form(
                    "ATTACH PARTITION\\b|DETACH PARTITION " + NAME + " (?:CONCURRENTLY|FINALIZE)\\b",
                    LockMode.SHARE_UPDATE_EXCLUSIVE,
                    Reach.TABLE),
            new Form(
                    "(?:RENAME TO|OWNER TO|SET (?:SCHEMA|TABLESPACE|LOGGED|UNLOGGED|ACCESS METHOD)"
                            + "|(?:NO )?(?:INHERIT|FORCE ROW LEVEL SECURITY)|(?:ENABLE|DISABLE) (?:ROW LEVEL SECURITY"
                            + "|(?:ALWAYS |REPLICA )?RULE)|REPLICA IDENTITY|DETACH PARTITION)\\b",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.TABLE),
            new Form("", LockMode.ACCESS_EXCLUSIVE, Reach.DESCENDANTS));

    /** Group 1 is the partition, which nobody may use meanwhile. */
    private static final Pattern PARTITION = Pattern.compile(
            "(?:ATTACH|DETACH) PARTITION (" + NAME + ")(?! (?:CONCURRENTLY|FINALIZE)\\b).*", Pattern.CASE_INSENSITIVE);

    private AlterTable() {}

    static boolean matches(String statement) {
        return STATEMENT.matcher(statement).matches();
    }

    /** None where nobody but a vacuum has to wait. */
    static List<Lock> locks(String statement) {
        Matcher table = STATEMENT.matcher(statement);
        if (!table.matches()) {
            return List.of();
        }
        List<String> actions = SqlText.splitAtCommas(table.group(3));
        List<Form> forms = actions.stream().map(AlterTable::form).toList();
        Form strongest = forms.stream().max(Comparator.comparing(Form::mode)).orElseThrow();
        Reach reach =
                forms.stream().map(Form::reach).max(Comparator.naturalOrder()).orElseThrow();
        List<Lock> locks = new ArrayList<>();
        if (strongest.mode().blocksWrites()) {
            TableNames.lock(table.group(2), strongest.mode(), table.group(1) == null ? reach : Reach.TABLE)
                    .ifPresent(locks::add);
        }
        actions.stream()
                .map(PARTITION::matcher)
                .filter(Matcher::matches)
                .flatMap(action ->
                        TableNames.lock(action.group(1), LockMode.ACCESS_EXCLUSIVE, Reach.DESCENDANTS).stream())
                .forEach(locks::add);
        locks.addAll(TableNames.references(table.group(3)));
        return locks;
    }

    private static Form form(String action) {
        return FORMS.stream()
                .filter(form -> form.pattern().matcher(action).matches())
                .findFirst()
                .orElseThrow();
    }
}
