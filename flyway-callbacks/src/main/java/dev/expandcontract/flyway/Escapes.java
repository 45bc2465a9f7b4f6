package dev.expandcontract.flyway;

import dev.expandcontract.error.InvalidOperation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The backslashes of {@code E'…'} literals, see "String Constants with C-Style Escapes" in PostgreSQL's documentation.
 * Octal and hexadecimal ones are bytes of UTF-8, several to a character.
 */
final class Escapes {
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", Pattern.DOTALL);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int highSurrogate;

    private Escapes() {}

    /** @throws InvalidOperation if PostgreSQL would not take it either */
    static String resolve(String content) {
        Escapes escapes = new Escapes();
        Matcher escape = ESCAPE.matcher(content);
        int at = 0;
        while (escape.find()) {
            escapes.add(content.substring(at, escape.start()));
            escapes.add(escape);
            at = escape.end();
        }
        escapes.add(content.substring(at));
        return escapes.text();
    }

    private void add(Matcher escape) {
        String unicode = escape.group(2) != null ? escape.group(2) : escape.group(3);
        if (unicode != null) {
            add(Long.parseLong(unicode, 16), escape.group());
        } else if (escape.group(1) != null) {
            add((byte) Integer.parseInt(escape.group(1), 16), escape.group());
        } else if (escape.group(4) != null) {
            add((byte) Integer.parseInt(escape.group(4), 8), escape.group());
        } else {
            add(letter(escape.group(5)));
        }
    }

    private void add(String text) {
        if (!text.isEmpty()) {
            requireNoHalf(text);
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void add(byte value, String written) {
        requireNoHalf(written);
        if (value == 0) {
            throw wrong(written);
        }
        bytes.write(value);
    }

    /** Two halves of a character may be written one after the other. */
    private void add(long codePoint, String written) {
        int point = codePoint > Character.MAX_CODE_POINT ? -1 : (int) codePoint;
        boolean isLow = point >= Character.MIN_LOW_SURROGATE && point <= Character.MAX_LOW_SURROGATE;
        if (point <= 0 || isLow != (highSurrogate != 0)) {
            throw wrong(written);
        }
        if (point >= Character.MIN_HIGH_SURROGATE && point <= Character.MAX_HIGH_SURROGATE) {
            highSurrogate = point;
            return;
        }
        int whole = isLow ? Character.toCodePoint((char) highSurrogate, (char) point) : point;
        highSurrogate = 0;
        add(Character.toString(whole));
    }

    private String text() {
        requireNoHalf("the end");
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidOperation("the bytes that are written with backslashes are not UTF-8");
        }
    }

    private void requireNoHalf(String next) {
        if (highSurrogate != 0) {
            throw wrong(next);
        }
    }

    private static InvalidOperation wrong(String written) {
        return new InvalidOperation("there is no such character: " + written);
    }

    private static String letter(String letter) {
        return switch (letter) {
            case "b" -> "\b";
            case "f" -> "\f";
            case "n" -> "\n";
            case "r" -> "\r";
            case "t" -> "\t";
            case "u", "U" -> throw wrong("\\" + letter + " without its digits");
            default -> letter;
        };
    }
}
