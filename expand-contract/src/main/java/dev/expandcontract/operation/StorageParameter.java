package dev.expandcontract.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A storage parameter of an index, such as {@code fillfactor=70}. */
public record StorageParameter(String name, String value) {
    private static final Pattern FORM = Pattern.compile("\\s*([a-z_.]+)\\s*=\\s*([A-Za-z0-9_.+-]+)\\s*");

    /** @throws IllegalArgumentException if the text is not {@code name=value} */
    public static StorageParameter parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected name=value, such as fillfactor=70, but found " + text);
        }
        return new StorageParameter(matcher.group(1), matcher.group(2));
    }

    @Override
    public String toString() {
        return name + "=" + value;
    }
}
