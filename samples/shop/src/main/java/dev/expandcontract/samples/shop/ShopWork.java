package dev.expandcontract.samples.shop;

import dev.expandcontract.samples.shop.Session.Task;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What the people of the shop do all day. */
final class ShopWork {
    private final Shop shop;
    private final AtomicLong placed = new AtomicLong();

    ShopWork(Shop shop) {
        this.shop = shop;
    }

    List<Task> tasks() {
        return List.of(
                new Task("checkout", 2, Duration.ofMillis(10), this::checkout),
                new Task("payment", 2, Duration.ofMillis(10), this::payment),
                new Task("account", 1, Duration.ofMillis(10), this::account),
                new Task("warehouse", 1, Duration.ofMillis(500), this::warehouse),
                new Task("browser", 2, Duration.ofMillis(5), this::browse));
    }

    /** Orders that the application was told are stored. */
    long placed() {
        return placed.get();
    }

    /** The release before this migration already writes customer_id. */
    private void checkout(Session session) throws SQLException {
        session.begin();
        long order = session.execute("""
                INSERT INTO orders (customer_id, customer_email, total, shipping_address)
                SELECT id, email, ?, address FROM customers WHERE id = ?
                RETURNING id
                """, session.number(5, 500), session.number(1, shop.customers()));
        session.execute("""
                INSERT INTO order_items (order_id, line, product_id, quantity, price)
                SELECT ?, 1, id, 1, price FROM products WHERE id = ?
                """, order, session.number(1, shop.products()));
        session.commit();
        placed.incrementAndGet();
    }

    /** Of orders with even numbers; the warehouse has the others, so that they don't wait for each other. */
    private void payment(Session session) throws SQLException {
        session.execute(
                "UPDATE orders SET state = 'paid', paid_at = now() WHERE id = ?",
                2 * session.number(1, shop.orders() / 2));
    }

    private void account(Session session) throws SQLException {
        session.execute("UPDATE customers SET last_seen_at = now() WHERE id = ?", session.number(1, shop.customers()));
    }

    /** Holds its order while the label is printed. */
    private void warehouse(Session session) throws SQLException, InterruptedException {
        session.begin();
        session.execute(
                "UPDATE orders SET state = 'shipped' WHERE id = ?", 2 * session.number(1, shop.orders() / 2) - 1);
        session.pause(Duration.ofMillis(session.number(300, 500)));
        session.execute("UPDATE products SET stock = stock - 1 WHERE id = ?", session.number(1, shop.products()));
        session.commit();
    }

    private void browse(Session session) throws SQLException {
        session.execute("""
                SELECT o.id, o.state, sum(i.quantity * i.price)
                FROM orders o JOIN order_items i ON i.order_id = o.id
                WHERE o.customer_email = ?
                GROUP BY o.id
                ORDER BY o.id DESC
                LIMIT 10
                """, Shop.email(session.number(1, shop.customers())));
    }
}
