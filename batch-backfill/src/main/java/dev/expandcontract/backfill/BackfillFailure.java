package dev.expandcontract.backfill;

import java.util.List;

/**
 * A row that could not be changed.
 *
 * @param table that holds it, as SQL: the job's own, or a partition of it
 * @param row its key, as text; in block order its {@code ctid}
 * @param error what PostgreSQL said
 */
public record BackfillFailure(String table, List<String> row, String error) {
    public BackfillFailure {
        row = List.copyOf(row);
    }
}
