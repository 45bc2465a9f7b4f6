package dev.expandcontract.run;

import java.sql.SQLException;

/**
 * The notes of one run of one operation.
 *
 * @param isRecorded whether an earlier run did it already
 */
record Journal(OperationLog log, long id, boolean isRecorded) {
    String run(Origin origin) throws SQLException {
        return log.run(origin, id);
    }

    void step(String description) throws SQLException {
        log.step(id, description);
    }

    void done() throws SQLException {
        log.done(id);
    }

    /** Keeps the first error when the note can't be written either. */
    void failed(RuntimeException error) {
        try {
            log.failed(id, String.valueOf(error.getMessage()));
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }
}
