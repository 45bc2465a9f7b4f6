package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class DataSourcesTest {
    /** As Spring's DelegatingDataSource does. */
    public static final class Delegating extends PGSimpleDataSource {
        private final transient DataSource target;

        Delegating(DataSource target) {
            this.target = target;
        }

        public DataSource getTargetDataSource() {
            return target;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getLogger("org.postgresql");
        }
    }

    @Test
    void knowsAPoolBehindAnotherDataSource() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setMaximumPoolSize(1);
            assertThat(DataSources.size(pool)).hasValue(1);
            assertThat(DataSources.size(new Delegating(new Delegating(pool)))).hasValue(1);
            assertThat(DataSources.size(new Delegating(new PGSimpleDataSource())))
                    .isEmpty();
        }
    }
}
