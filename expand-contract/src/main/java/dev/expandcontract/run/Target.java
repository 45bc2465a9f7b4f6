package dev.expandcontract.run;

import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Where operations run.
 *
 * @param connection lent to us in autocommit mode; its settings are as before when we are done
 * @param others further connections to the same database, for looking at what the first one waits for; null where there
 *     are none, then progress and blockers are seen between the tries only
 * @param stateSchema where our tables are
 */
public record Target(Connection connection, @Nullable ConnectionSource others, Identifier stateSchema) {}
