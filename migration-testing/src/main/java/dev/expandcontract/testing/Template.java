package dev.expandcontract.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A database that is filled once per JVM and then copied by the server, in milliseconds, for each test that wants it.
 *
 * <p>For {@link PostgresTest#template()} a class with a constructor without parameters.
 */
@FunctionalInterface
public interface Template {
    /** Called once per JVM and name. */
    void fill(TestDatabase database) throws Exception;

    /** Two templates of one JVM may share a name only if they are of the same class. */
    default String name() {
        return getClass().getName();
    }

    static Template of(String name, Template filling) {
        return new NamedTemplate(name, filling);
    }

    /** A script on the class path, such as {@code /shop.sql}; run as one piece, so without CREATE INDEX CONCURRENTLY. */
    static Template sql(String resource) {
        return new NamedTemplate(resource, database -> database.execute(read(resource)));
    }

    private static String read(String resource) throws IOException {
        try (InputStream script = Template.class.getResourceAsStream(resource)) {
            if (script == null) {
                throw new IllegalArgumentException(
                        "There is no %s on the class path. A name begins with a slash.".formatted(resource));
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
