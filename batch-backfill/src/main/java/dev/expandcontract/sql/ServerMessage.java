package dev.expandcontract.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the server itself said about an error. JDBC has no words for hint and position, so they are asked of PostgreSQL's
 * driver by name: it need not be on our class path, and of any other driver the plain message is told.
 *
 * @param hint empty if there is none
 * @param position in characters of the statement, from 1; 0 if there is none
 */
public record ServerMessage(String text, String hint, int position) {

    public static ServerMessage of(SQLException error) {
        String plain = String.valueOf(error.getMessage());
        try {
            Object message = get(error, "getServerErrorMessage");
            return message == null
                    ? new ServerMessage(plain, "", 0)
                    : new ServerMessage(
                            text(message, "getMessage", plain),
                            text(message, "getHint", ""),
                            get(message, "getPosition") instanceof Integer position ? position : 0);
        } catch (ReflectiveOperationException notPostgresqlsDriver) {
            return new ServerMessage(plain, "", 0);
        }
    }

    private static String text(Object message, String method, String fallback) throws ReflectiveOperationException {
        return get(message, method) instanceof String text ? text : fallback;
    }

    private static @Nullable Object get(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    @Override
    public String toString() {
        return hint.isEmpty() ? text : text + " (hint: " + hint + ")";
    }
}
