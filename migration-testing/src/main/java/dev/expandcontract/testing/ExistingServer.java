package dev.expandcontract.testing;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A server that somebody else runs. Databases are created there and dropped again. */
final class ExistingServer {
    private ExistingServer() {}

    /** @param url {@code jdbc:postgresql://host:port/database?user=…&password=…} */
    static ServerAddress at(String url) {
        var source = parsed(url);
        int question = url.indexOf('?');
        String address = question < 0 ? url : url.substring(0, question);
        return new ServerAddress(
                address.substring(0, address.lastIndexOf('/') + 1),
                question < 0 ? "" : parameters(url.substring(question + 1)),
                orElse(source.getDatabaseName(), "postgres"),
                orElse(source.getUser(), System.getProperty("user.name", "postgres")),
                orElse(source.getPassword(), ""));
    }

    private static PGSimpleDataSource parsed(String url) {
        var source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
            return source;
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "-Dpostgres=" + withoutPassword(url) + " is no URL like jdbc:postgresql://host:port/database", e);
        }
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    /** All but user and password: a test may connect as somebody else. */
    private static String parameters(String query) {
        String kept = Arrays.stream(query.split("&"))
                .filter(parameter -> !parameter.startsWith("user=") && !parameter.startsWith("password="))
                .collect(Collectors.joining("&"));
        return kept.isEmpty() ? "" : "?" + kept;
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("password=[^&]*", "password=…");
    }
}
