package dev.expandcontract.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A fresh database for the test class and the classes nested in it, dropped after them. Constructors, test methods and
 * lifecycle methods may ask for it by a parameter of type {@link TestDatabase}.
 */
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(PostgresExtension.class)
public @interface PostgresTest {
    /** What the database is a copy of; by default it is empty. */
    Class<? extends Template> template() default Template.class;

    /** The same as a script on the class path, such as {@code /shop.sql}. */
    String sql() default "";
}
