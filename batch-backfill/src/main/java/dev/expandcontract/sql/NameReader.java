package dev.expandcontract.sql;

/** Reads names separated by dots, each folded as PostgreSQL folds it. */
final class NameReader {
    private final String text;
    private int position;

    NameReader(String text) {
        this.text = text.strip();
    }

    boolean atEnd() {
        return position >= text.length();
    }

    Identifier next() {
        return position < text.length() && text.charAt(position) == '"' ? quoted() : unquoted();
    }

    /** Skips one dot; tells whether there was one. */
    boolean skipDot() {
        boolean dot = !atEnd() && text.charAt(position) == '.';
        if (dot) {
            position++;
        }
        return dot;
    }

    private Identifier quoted() {
        StringBuilder name = new StringBuilder();
        for (int i = position + 1; i < text.length(); i++) {
            if (text.charAt(i) != '"') {
                name.append(text.charAt(i));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                name.append('"');
                i++;
            } else {
                position = i + 1;
                return new Identifier(name.toString());
            }
        }
        throw new IllegalArgumentException("unterminated quoted name: " + text);
    }

    private Identifier unquoted() {
        int dot = text.indexOf('.', position);
        String name = text.substring(position, dot < 0 ? text.length() : dot);
        position += name.length();
        return new Identifier(isSqlName(name) ? folded(name) : name);
    }

    /** PostgreSQL folds no letter beyond ASCII where a character may have several bytes, as in UTF-8. */
    private static String folded(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c - 'A' + 'a'));
            }
        }
        return folded.toString();
    }

    private static boolean isSqlName(String name) {
        return !name.isEmpty()
                && name.codePoints().allMatch(c -> c == '_' || c == '$' || c > 127 || Character.isLetterOrDigit(c));
    }
}
