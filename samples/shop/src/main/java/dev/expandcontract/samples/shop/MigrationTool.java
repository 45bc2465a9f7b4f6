package dev.expandcontract.samples.shop;

import java.util.List;
import javax.sql.DataSource;

/** Flyway or Liquibase, as a project has set it up. */
public interface MigrationTool {
    /** What the new migrations are called, one operation each. */
    List<String> OPERATIONS =
            List.of("backfill customer", "index customer", "foreign key customer", "check total", "not null customer");

    String name();

    /** Runs the history that the project has had for years. */
    void createShop(DataSource database);

    /** Runs the new migrations. */
    void migrateOnline(DataSource database, Progress progress);

    /** Runs the same as plain SQL, without the pack. */
    void migratePlainly(DataSource database, Progress progress);

    /** Is told by the tool's own callbacks. */
    interface Progress {
        /** May be left out between two operations. */
        void begins();

        void done(String operation);
    }
}
