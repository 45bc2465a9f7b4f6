package dev.expandcontract.plan;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlText;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tables in the text of statements, as {@link SqlText#statements} gives it: one blank at most between words. */
final class TableNames {
    /** What may be part of a name outside quotes; letters beyond ASCII are letters to PostgreSQL. */
    private static final String LETTER = "[\\w$[^\\x00-\\x7F]]";

    private static final String WORD = "(?:\"(?:[^\"]|\"\")+\"|" + LETTER + "++)";

    static final String NAME = WORD + "(?:\\." + WORD + ")?";

    /** Groups: ONLY, the name. */
    static final String TABLE = "(ONLY )?(" + NAME + ")(?: ?\\*)?";

    private static final Pattern ONE_TABLE = Pattern.compile(TABLE, Pattern.CASE_INSENSITIVE);

    /** The first alternative takes quoted names out of the way. */
    private static final Pattern REFERENCES = Pattern.compile(
            "\"(?:[^\"]|\"\")*\"|(?<!" + LETTER + ")REFERENCES (" + NAME + ")", Pattern.CASE_INSENSITIVE);

    private TableNames() {}

    /** The locks on the tables of a list such as {@code ONLY a, s.b}. */
    static List<Lock> locks(String list, LockMode mode, Reach reach) {
        return SqlText.splitAtCommas(list).stream()
                .map(ONE_TABLE::matcher)
                .filter(Matcher::matches)
                .flatMap(table -> lock(table.group(2), mode, table.group(1) == null ? reach : Reach.TABLE).stream())
                .toList();
    }

    /** Empty for a name longer than PostgreSQL keeps: without a lock in advance the statement still has its timeout. */
    static Optional<Lock> lock(String name, LockMode mode, Reach reach) {
        try {
            return Optional.of(new Lock(QualifiedName.parse(name), mode, reach));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The locks on the tables to which a definition makes foreign keys. */
    static List<Lock> references(String definition) {
        return REFERENCES
                .matcher(definition)
                .results()
                .filter(reference -> reference.group(1) != null)
                .flatMap(reference -> lock(reference.group(1), LockMode.SHARE_ROW_EXCLUSIVE, Reach.PARTITIONS).stream())
                .toList();
    }
}
