package dev.expandcontract.flyway;

import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.util.OptionalInt;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.DatabaseTypeRegister;
import org.jspecify.annotations.Nullable;

/** What can be told of a data source. */
final class DataSources {
    private DataSources() {}

    /** How many connections a pool (HikariCP, DBCP, Tomcat) gives out at most; empty where there is no such bound. */
    static OptionalInt size(DataSource source) {
        OptionalInt size = Stream.of("getMaximumPoolSize", "getMaxTotal", "getMaxActive")
                .map(method -> call(source, method))
                .filter(Integer.class::isInstance)
                .mapToInt(Integer.class::cast)
                .filter(found -> found > 0)
                .findFirst();
        // Spring's DelegatingDataSource, around which Spring Boot or the application may wrap another one
        return size.isEmpty() && call(source, "getTargetDataSource") instanceof DataSource target && target != source
                ? size(target)
                : size;
    }

    static boolean isPoolOfOne(Configuration configuration) {
        return size(configuration.getDataSource()).orElse(2) < 2;
    }

    /** Whether it gives out one more while Flyway holds two. */
    static boolean hasThird(Configuration configuration) {
        return size(configuration.getDataSource()).orElse(3) > 2;
    }

    /** Connections beside the one that Flyway lends us; null where a pool has none. */
    static @Nullable ConnectionSource others(Configuration configuration) {
        return isPoolOfOne(configuration) ? null : configuration.getDataSource()::getConnection;
    }

    /** Whether the URL says so, before there is a connection; false where it can't be found out. */
    static boolean isPostgreSql(Configuration configuration) {
        String url = configuration.getUrl();
        DataSource source = configuration.getDataSource();
        return Stream.of("getJdbcUrl", "getUrl", "getURL")
                .map(method -> url != null || source == null ? url : call(source, method))
                .anyMatch(found -> found instanceof String text && text.contains(":postgresql:"));
    }

    /** Whether Flyway takes it for PostgreSQL, and not for one of those that speak like it. */
    static boolean isPostgreSql(Connection connection, Configuration configuration) {
        return DatabaseTypeRegister.getDatabaseTypeForConnection(connection, configuration)
                .getName()
                .equals("PostgreSQL");
    }

    private static @Nullable Object call(DataSource source, String method) {
        try {
            return source.getClass().getMethod(method).invoke(source);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not that kind of pool
        }
    }
}
