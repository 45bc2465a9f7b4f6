package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of its own on {@link PostgresServer#running()}; dropped by {@link #close()}, its roles with it. */
public final class TestDatabase implements AutoCloseable {
    private final PostgresServer server;
    private final String name;
    private final @Nullable String template;
    private final List<String> roles = new CopyOnWriteArrayList<>();

    TestDatabase(PostgresServer server, String name, @Nullable String template) {
        this.server = server;
        this.name = name;
        this.template = template;
    }

    /** An empty database: encoding UTF-8, locale C, whatever the server's own are. */
    public static TestDatabase fresh() {
        return copy(PostgresServer.running(), null);
    }

    /** A copy of the template, which is filled first if nobody has yet. */
    public static TestDatabase fresh(Template template) {
        return copy(PostgresServer.running(), Templates.database(template));
    }

    private static TestDatabase copy(PostgresServer server, @Nullable String template) {
        var database = new TestDatabase(server, server.uniqueName("test"), template);
        server.create(database.name, template);
        return database;
    }

    /** Without user and password. */
    public String url() {
        return server.address().url(name);
    }

    public String user() {
        return server.address().user();
    }

    public String password() {
        return server.address().password();
    }

    public String name() {
        return name;
    }

    /** Major, such as 17. */
    public int serverVersion() {
        return server.version();
    }

    /** A new connection as {@link #user()}, a superuser except on a server of your own; the caller closes it. */
    public Connection connect() throws SQLException {
        return connect(user(), password());
    }

    public Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(url(), user, password);
    }

    /** Under this {@code application_name}, as the server's views show it. */
    public Connection connectNamed(String applicationName) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user());
        properties.setProperty("password", password());
        properties.setProperty("ApplicationName", applicationName);
        return DriverManager.getConnection(url(), properties);
    }

    /** Every connection is a new one. */
    public DataSource dataSource() {
        return dataSource(user(), password());
    }

    public DataSource dataSource(String user, String password) {
        var source = new PGSimpleDataSource();
        source.setUrl(url());
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    /**
     * Runs each by itself, one after the other, on one new connection.
     *
     * @throws StatementFailed naming the first that fails; those before it stay done
     */
    public void execute(String... statements) {
        try (Connection connection = connect()) {
            Sql.execute(connection, statements);
        } catch (SQLException e) {
            throw new StatementFailed("connect to " + url(), e);
        }
    }

    /**
     * All rows, values as the driver makes them.
     *
     * @throws StatementFailed if it fails
     */
    public List<List<@Nullable Object>> rows(String sql, @Nullable Object... params) {
        try (Connection connection = connect()) {
            return Sql.rows(connection, sql, params);
        } catch (SQLException e) {
            throw new StatementFailed("connect to " + url(), e);
        }
    }

    /**
     * The only column of the only row, as the type that the driver makes of it; may be null.
     *
     * @throws IllegalStateException if it is not one row of one column
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    public <T> T value(String sql, @Nullable Object... params) {
        List<List<@Nullable Object>> rows = rows(sql, params);
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new IllegalStateException("Expected one row of one column, got %d rows%s: %s"
                    .formatted(
                            rows.size(),
                            rows.isEmpty() ? "" : " of " + rows.get(0).size() + " columns",
                            sql));
        }
        return (T) rows.get(0).get(0);
    }

    /** As it was at first: dropped, with its connections, and created again under the same name. Roles stay. */
    public void reset() {
        server.drop(name);
        server.create(name, template);
        roles.forEach(this::letCreate);
    }

    /**
     * An ordinary role that may log in and create schemas and tables here, no more. Its password is its name.
     *
     * @return its name, which needs no quotes and begins with the prefix
     */
    public String createRole(String prefix) {
        String role = server.uniqueName(prefix);
        server.administrate("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(role, role));
        roles.add(role);
        letCreate(role);
        return role;
    }

    /** A role of {@link #createRole}. */
    public Connection connectAs(String role) throws SQLException {
        return connect(role, role);
    }

    private void letCreate(String role) {
        execute(
                "GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %s TO %s".formatted(name, role),
                "GRANT CREATE, USAGE ON SCHEMA public TO %s".formatted(role));
    }

    /** Drops the database, terminating whoever is still connected, and then its roles. */
    @Override
    public void close() {
        server.drop(name);
        roles.forEach(role -> server.administrate("DROP ROLE IF EXISTS " + role));
        roles.clear();
    }

    @Override
    public String toString() {
        return url();
    }
}
