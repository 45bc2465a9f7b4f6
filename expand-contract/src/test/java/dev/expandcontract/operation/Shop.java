package dev.expandcontract.operation;

import dev.expandcontract.testing.TestDatabase;

/** The schema that the tests change. */
final class Shop {
    private Shop() {}

    static void create(TestDatabase database) {
        database.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY, email text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric NOT NULL, note text)",
                "INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) n",
                "INSERT INTO orders SELECT n, 1 + n % 50, n, null FROM generate_series(1, 1000) n");
    }
}
