package dev.expandcontract.sql;

import java.sql.SQLException;
import java.util.Arrays;

/** The SQLSTATEs that decide what happens next, see PostgreSQL's appendix "Error Codes". */
public enum SqlState {
    LOCK_NOT_AVAILABLE("55P03"),
    DEADLOCK_DETECTED("40P01"),
    SERIALIZATION_FAILURE("40001"),
    QUERY_CANCELED("57014"),
    INSUFFICIENT_PRIVILEGE("42501"),
    INVALID_PARAMETER_VALUE("22023"),
    UNDEFINED_TABLE("42P01"),
    UNDEFINED_COLUMN("42703"),
    UNDEFINED_OBJECT("42704"),
    DUPLICATE_TABLE("42P07"),
    DUPLICATE_OBJECT("42710"),
    UNIQUE_VIOLATION("23505"),
    FOREIGN_KEY_VIOLATION("23503"),
    NOT_NULL_VIOLATION("23502"),
    CHECK_VIOLATION("23514");

    private final String code;

    SqlState(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** Whether the error carries this state. */
    public boolean matches(SQLException error) {
        return code.equals(error.getSQLState());
    }

    /** Whether the error carries one of these states. */
    public static boolean isAny(SQLException error, SqlState... states) {
        return Arrays.stream(states).anyMatch(state -> state.matches(error));
    }
}
