package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The rows between two positions of an axis. */
interface Range {
    /** Empty for the beginning of the table. */
    List<String> after();

    /** Empty for the end of the table. */
    List<String> upTo();

    /** A condition that holds for its rows. */
    String predicate(Identifier table);

    /** What {@link #predicate} wants bound, in its order. */
    List<String> values();

    /** Says which parameter comes next. */
    default int bind(PreparedStatement statement, int first) throws SQLException {
        int parameter = first;
        for (String value : values()) {
            statement.setString(parameter++, value);
        }
        return parameter;
    }
}
