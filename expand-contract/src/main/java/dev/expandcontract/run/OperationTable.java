package dev.expandcontract.run;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The layout of {@code expand_contract_operation}. */
final class OperationTable {
    private static final Map<String, String> COMMENTS = new LinkedHashMap<>();

    static {
        COMMENTS.put("id", "in the order in which they began");
        COMMENTS.put("operation", "name of the operation, such as createIndex");
        COMMENTS.put("attributes", "what its author wrote");
        COMMENTS.put("fingerprint", "SHA-256 of operation and attributes");
        COMMENTS.put("host", "flyway, liquibase or java");
        COMMENTS.put("history", "the host's history table; empty when called from Java");
        COMMENTS.put("migration", "script or changeSet that asked for it; empty when called from Java");
        COMMENTS.put("position", "which statement of the script, from 1; 0 where it is the only one");
        COMMENTS.put("step", "the step that began last");
        COMMENTS.put("state", "running, done or failed; running without a session that works on it: killed");
        COMMENTS.put("started_at", "when it began");
        COMMENTS.put("finished_at", "when it was done or failed");
        COMMENTS.put("error", "why it failed");
        COMMENTS.put("recorded_at", "when the host's history was first seen to hold the migration");
    }

    private OperationTable() {}

    static List<String> statements(QualifiedName table) {
        List<String> statements = new ArrayList<>();
        statements.add("""
                CREATE TABLE %s (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    operation text NOT NULL,
                    attributes jsonb NOT NULL,
                    fingerprint text NOT NULL,
                    host text NOT NULL,
                    history text NOT NULL,
                    migration text NOT NULL,
                    position integer NOT NULL,
                    step text,
                    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
                    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    finished_at timestamptz,
                    error text,
                    recorded_at timestamptz
                )
                """.formatted(table.sql()));
        statements.add("COMMENT ON TABLE " + table.sql() + " IS 'Online operations run by expand-contract (layout 1)'");
        COMMENTS.forEach((column, comment) -> statements.add("COMMENT ON COLUMN " + table.sql() + "."
                + new Identifier(column).sql() + " IS '" + comment.replace("'", "''") + "'"));
        return List.of(String.join(";\n", statements));
    }
}
