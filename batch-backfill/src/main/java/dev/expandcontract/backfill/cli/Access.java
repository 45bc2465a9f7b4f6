package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillListener;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The database, and the schema of the state tables. */
final class Access {
    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "The database: jdbc:postgresql://host:5432/name")
    private String url = "";

    @Option(names = "--user", paramLabel = "USER", description = "Default: PGUSER of the environment")
    private @Nullable String user = System.getenv("PGUSER");

    @Option(
            names = "--password",
            arity = "0..1",
            interactive = true,
            paramLabel = "PASSWORD",
            description = "Asked for where none follows. Others may see it: better is --password-file, or PGPASSWORD of"
                    + " the environment, which is the default")
    private @Nullable String password = System.getenv("PGPASSWORD");

    @Option(names = "--password-file", paramLabel = "FILE", description = "The password is its first line")
    private @Nullable Path passwordFile;

    @Option(
            names = "--schema",
            paramLabel = "SCHEMA",
            description = "That holds expand_contract_backfill. Default: the first of the search path")
    private @Nullable String schema;

    /** @throws ConfigurationProblem for what can't be a connection to PostgreSQL */
    ConnectionSource source() {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new ConfigurationProblem("--url must begin with jdbc:postgresql: but is " + url);
        }
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "backfill");
        if (user != null) {
            properties.setProperty("user", user);
        }
        String secret = passwordFile == null ? password : firstLine(passwordFile);
        if (secret != null) {
            properties.setProperty("password", secret);
        }
        return () -> DriverManager.getConnection(url, properties);
    }

    /** @throws ConfigurationProblem if there is none */
    static Connection connect(ConnectionSource source) {
        try {
            return source.connect();
        } catch (SQLException e) {
            throw new ConfigurationProblem("No connection: " + e.getMessage(), e);
        }
    }

    Identifier schema(Connection connection) throws SQLException {
        if (schema != null) {
            return Identifier.parse(schema);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_schema()")) {
            row.next();
            String current = row.getString(1);
            if (current == null) {
                throw new ConfigurationProblem("The search path names no schema that exists: give --schema");
            }
            return new Identifier(current);
        }
    }

    /** As it was entered; without an engine that would log. */
    static BackfillJob job(Connection connection, Identifier schema, String name) {
        return new BackfillEngine(schema, new BackfillListener() {}).job(connection, name);
    }

    private static String firstLine(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.isEmpty() ? "" : lines.get(0);
        } catch (IOException e) {
            throw new ConfigurationProblem("--password-file " + file + " can't be read: " + e.getMessage(), e);
        }
    }
}
