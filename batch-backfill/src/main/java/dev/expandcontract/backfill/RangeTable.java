package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The table of ranges; {@code %s}, or {@code %1$s}, stands for it in SQL. */
record RangeTable(QualifiedName name) {
    /** What {@link #claim} reads. */
    static final String CLAIM = "id, part, part_file, after, up_to, rows_asked, tries,"
            + " coalesce(extract(epoch FROM clock_timestamp() - locked_since), 0)::double precision AS locked_for";

    Optional<Claim> claim(Connection connection, String sql, Parameters.Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(name.sql()))) {
            binder.bind(new Parameters(statement));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(Claim.of(row)) : Optional.empty();
            }
        }
    }

    int update(Connection connection, String sql, Parameters.Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(name.sql()))) {
            binder.bind(new Parameters(statement));
            return statement.executeUpdate();
        }
    }
}
