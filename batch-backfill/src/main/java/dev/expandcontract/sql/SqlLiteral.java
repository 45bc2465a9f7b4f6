package dev.expandcontract.sql;

/** Text as an SQL string literal, for the places where a catalogue query is data and takes no parameters. */
public final class SqlLiteral {
    private SqlLiteral() {}

    public static String of(String text) {
        String quoted = '\'' + text.replace("'", "''") + '\'';
        return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }
}
