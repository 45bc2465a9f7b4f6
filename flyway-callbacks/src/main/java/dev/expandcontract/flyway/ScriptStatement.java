package dev.expandcontract.flyway;

/**
 * A statement as Flyway splits a script, placeholders replaced.
 *
 * @param sql with the comments in front of it, without its delimiter
 * @param line of its first word, from 1
 * @param inTransaction whether Flyway holds that it may run in one
 */
record ScriptStatement(String sql, int line, boolean inTransaction) {

    String withoutLeadingComments() {
        return sql.substring(new Words(sql).start()).strip();
    }

    /** The line of the character at this offset. */
    int lineAt(int offset, int start) {
        return line
                + (int) sql.substring(start, Math.max(start, offset))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }
}
