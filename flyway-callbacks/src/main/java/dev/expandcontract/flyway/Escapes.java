package dev.expandcontract.flyway;

import java.util.regex.Pattern;

/** The backslashes of {@code E'…'} literals, see "String Constants with C-Style Escapes" in PostgreSQL's documentation. */
final class Escapes {
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", Pattern.DOTALL);

    private Escapes() {}

    static String resolve(String content) {
        return ESCAPE.matcher(content).replaceAll(match -> {
            String hex =
                    match.group(1) != null ? match.group(1) : match.group(2) != null ? match.group(2) : match.group(3);
            String plain = hex != null
                    ? Character.toString(Integer.parseInt(hex, 16))
                    : match.group(4) != null
                            ? Character.toString(Integer.parseInt(match.group(4), 8))
                            : letter(match.group(5));
            return java.util.regex.Matcher.quoteReplacement(plain);
        });
    }

    private static String letter(String letter) {
        return switch (letter) {
            case "b" -> "\b";
            case "f" -> "\f";
            case "n" -> "\n";
            case "r" -> "\r";
            case "t" -> "\t";
            default -> letter;
        };
    }
}
