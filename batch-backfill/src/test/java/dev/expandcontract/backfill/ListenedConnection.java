package dev.expandcontract.backfill;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/** A connection of which a test hears each call before it is made, and may break it. */
final class ListenedConnection {
    private ListenedConnection() {}

    @FunctionalInterface
    interface Listening {
        /** @param method of {@link Connection}; it is not called if this throws */
        void called(String method) throws SQLException;
    }

    static Connection of(Connection real, Listening listening) {
        return (Connection) Proxy.newProxyInstance(
                ListenedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    listening.called(method.getName());
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** As the driver says it when the server is gone. */
    static void breaks(Connection real) throws SQLException {
        real.abort(Runnable::run);
        throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
    }
}
