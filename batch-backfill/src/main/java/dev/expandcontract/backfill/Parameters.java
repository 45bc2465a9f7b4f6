package dev.expandcontract.backfill;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters of a statement, one after the other. */
final class Parameters {
    private final PreparedStatement statement;
    private int next = 1;

    /** Binds those of one statement. */
    @FunctionalInterface
    interface Binder {
        Parameters bind(Parameters parameters) throws SQLException;
    }

    Parameters(PreparedStatement statement) {
        this.statement = statement;
    }

    Parameters text(@Nullable String value) throws SQLException {
        statement.setString(next++, value);
        return this;
    }

    Parameters number(@Nullable Integer value) throws SQLException {
        statement.setObject(next++, value, Types.INTEGER);
        return this;
    }

    Parameters number(long value) throws SQLException {
        statement.setLong(next++, value);
        return this;
    }

    Parameters flag(boolean value) throws SQLException {
        statement.setBoolean(next++, value);
        return this;
    }

    Parameters texts(List<String> values) throws SQLException {
        statement.setArray(next++, statement.getConnection().createArrayOf("text", values.toArray()));
        return this;
    }

    Parameters numbers(String type, List<? extends Number> values) throws SQLException {
        statement.setArray(next++, statement.getConnection().createArrayOf(type, values.toArray()));
        return this;
    }
}
