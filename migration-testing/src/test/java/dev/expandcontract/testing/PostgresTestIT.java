package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresTestIT {
    /** Filled by a script, seen by every method. */
    @Nested
    @PostgresTest(sql = "/dev/expandcontract/testing/shop.sql")
    class OfAScript {
        private final TestDatabase database;

        OfAScript(TestDatabase database) {
            this.database = database;
        }

        @Test
        void givesACopyToTheConstructor() {
            assertThat(database.<Long>value("SELECT count(*) FROM orders")).isEqualTo(3);
        }

        @Test
        void givesTheSameDatabaseToMethods(TestDatabase same) {
            assertThat(same).isSameAs(database);
        }

        @Nested
        class AndNested {
            @Test
            void sharesItWithTheEnclosingClass(TestDatabase same) {
                assertThat(same).isSameAs(database);
            }
        }
    }

    public static final class Shop implements Template {
        @Override
        public void fill(TestDatabase database) {
            database.execute("CREATE TABLE customer (id int)");
        }
    }

    @PostgresTest(template = Shop.class)
    abstract static class ShopTest {
        private static TestDatabase ofTheClass;

        @BeforeAll
        static void remember(TestDatabase database) {
            ofTheClass = database;
        }

        @AfterAll
        static void isStillThere(TestDatabase database) {
            assertThat(database.<Integer>value("SELECT 1")).isEqualTo(1);
        }
    }

    @Nested
    class OfAClass extends ShopTest {
        @BeforeEach
        void sameInLifecycleMethods(TestDatabase database) {
            assertThat(database).isSameAs(ShopTest.ofTheClass);
        }

        @Test
        void inheritsTheTemplate(TestDatabase database) {
            assertThat(database.<Long>value("SELECT count(*) FROM customer")).isZero();
        }
    }
}
