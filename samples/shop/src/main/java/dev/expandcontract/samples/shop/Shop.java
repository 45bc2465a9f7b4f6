package dev.expandcontract.samples.shop;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A shop's data. */
record Shop(DataSource database, long orders) {
    private static final String LOAD = """
            SET session_replication_role = replica;
            INSERT INTO customers (id, email, name, address)
            SELECT n, 'customer' || n || '@example.org', 'Customer ' || n, n || ' Market Street, 10115 Berlin, Germany'
            FROM generate_series(1, %1$d) n;
            INSERT INTO products (id, sku, name, price, stock)
            SELECT n, 'SKU-' || n, 'Product ' || n, 5 + n %% 95, 1000000
            FROM generate_series(1, %2$d) n;
            INSERT INTO orders (id, customer_email, state, total, shipping_address, created_at, paid_at)
            SELECT n, 'customer' || c || '@example.org', 'delivered', 5 + n %% 495,
                   c || ' Market Street, 10115 Berlin, Germany', at, at + interval '1 hour'
            FROM generate_series(1, %3$d) n,
                 LATERAL (SELECT 1 + n * 7919::bigint %% %1$d AS c, now() - (%3$d - n) * interval '1 minute' AS at) o;
            INSERT INTO order_items (order_id, line, product_id, quantity, price)
            SELECT n, 1, 1 + n %% %2$d, 1 + n %% 3, 5 + n %% 95
            FROM generate_series(1, %3$d) n;
            SELECT setval(pg_get_serial_sequence('orders', 'id'), %3$d);
            """;

    long customers() {
        return orders / 10;
    }

    long products() {
        return 1_000;
    }

    static String email(long customer) {
        return "customer" + customer + "@example.org";
    }

    /** Fast: foreign keys are not checked row by row, what is loaded fits. */
    void load() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(LOAD.formatted(customers(), products(), orders));
            statement.execute("VACUUM (ANALYZE) customers, products, orders, order_items");
        }
    }

    /** In words, what is wrong with the data; empty when every order is there and has the right customer. */
    String faults(long placed) throws SQLException {
        long stored = number("SELECT count(*) FROM orders");
        long wrong = number("""
                SELECT count(*) FROM orders o LEFT JOIN customers c ON c.email = o.customer_email
                WHERE o.customer_id IS DISTINCT FROM c.id
                """);
        String missing = stored == orders + placed
                ? ""
                : "%,d orders are stored, %,d were placed. ".formatted(stored, orders + placed);
        return missing + (wrong == 0 ? "" : "%,d orders have no or the wrong customer.".formatted(wrong));
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
