package dev.expandcontract.testing;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** What {@link PostgresTest} does. */
public final class PostgresExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(PostgresExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        database(context);
    }

    /** A nested class finds the database of the class around it, and leaves it alone at its end. */
    @Override
    public void afterAll(ExtensionContext context) {
        TestDatabase own = context.getStore(NAMESPACE).remove(TestDatabase.class, TestDatabase.class);
        if (own != null) {
            own.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public TestDatabase resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return database(context);
    }

    private static TestDatabase database(ExtensionContext context) {
        var store = context.getStore(NAMESPACE);
        TestDatabase database = store.get(TestDatabase.class, TestDatabase.class);
        if (database == null) {
            database = create(context.getRequiredTestClass());
            store.put(TestDatabase.class, database);
        }
        return database;
    }

    private static TestDatabase create(Class<?> testClass) {
        PostgresTest wish =
                AnnotationSupport.findAnnotation(testClass, PostgresTest.class).orElse(null);
        if (wish == null || (wish.template() == Template.class && wish.sql().isEmpty())) {
            return TestDatabase.fresh();
        }
        if (wish.template() != Template.class && !wish.sql().isEmpty()) {
            throw new IllegalStateException(
                    "@PostgresTest of %s names a template and a script; one is enough.".formatted(testClass.getName()));
        }
        return TestDatabase.fresh(
                wish.sql().isEmpty() ? ReflectionSupport.newInstance(wish.template()) : Template.sql(wish.sql()));
    }
}
