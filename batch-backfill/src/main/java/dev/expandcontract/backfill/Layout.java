package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * How a job's table is gone through.
 *
 * @param table its oid
 * @param isRepeatable whether the work done twice comes to the same as done once
 */
record Layout(BackfillJob job, long table, Axis axis, boolean isRepeatable) {
    /** The table, or its partitions, as they are now. */
    List<Long> parts(Connection connection) throws SQLException {
        return new Parts(table, job.table().name()).all(connection);
    }

    /**
     * By its oid; empty if it is no partition of the table any more.
     *
     * @throws BackfillStopped if the table itself is not there any more
     */
    Optional<Part> part(Connection connection, long oid) throws SQLException {
        var all = new Parts(table, job.table().name());
        Optional<Part> part = all.find(connection, oid);
        if (part.isEmpty() && all.find(connection, table).isEmpty()) {
            throw new BackfillStopped("the table was dropped");
        }
        return part;
    }

    /** Places on disk mean nothing in another file. */
    boolean isSameFile(Part part, long file) {
        return axis.kind() == AxisKind.KEY || part.file() == file;
    }

    Position nextPart(Connection connection, Position position) throws SQLException {
        int number = position.part() + 1;
        Optional<Part> part = part(connection, position.parts().get(number - 1));
        if (part.isEmpty()) {
            return position.atPart(number, 0, List.of());
        }
        return position.atPart(
                number,
                axis.kind() == AxisKind.KEY ? 0 : part.get().file(),
                axis.bound(connection, part.get(), List.of()));
    }

    /**
     * Where the job stands though its part may have changed: at its end, if it is no part any more; before the pass, if it
     * was written anew; empty if all is as it was.
     */
    Optional<Position> current(Connection connection, Position position) throws SQLException {
        if (position.part() == 0 || position.isAtEndOfPart()) {
            return Optional.empty();
        }
        Optional<Part> part = part(connection, position.partOid());
        if (part.isEmpty()) {
            return Optional.of(position.movedTo(position.upperBound()));
        }
        return isSameFile(part.get(), position.file())
                ? Optional.empty()
                : Optional.of(Position.beforePass(position.phase(), position.pass(), parts(connection)));
    }
}
