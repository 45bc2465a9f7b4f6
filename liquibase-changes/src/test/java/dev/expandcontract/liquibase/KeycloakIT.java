package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history of twelve years and some 600 changes, none of which knows of this pack. */
class KeycloakIT {
    private static final String CHANGELOG = "META-INF/jpa-changelog-master.xml";

    /** Keycloak's own Java changes move rows; on an empty database there are none. */
    private static final String STAND_IN = """
            package org.keycloak.connections.jpa.updater.liquibase.custom;
            public final class %s implements liquibase.change.custom.CustomTaskChange {
                public void execute(liquibase.database.Database database) {}
                public String getConfirmationMessage() { return ""; }
                public void setUp() {}
                public void setFileOpener(liquibase.resource.ResourceAccessor resources) {}
                public liquibase.exception.ValidationErrors validate(liquibase.database.Database database) {
                    return new liquibase.exception.ValidationErrors();
                }
            }
            """;

    @TempDir
    private Path standIns;

    @Test
    void isMigratedAsItIsWithoutThePack() throws Exception {
        compileStandIns();
        try (TestDatabase with = TestDatabase.fresh();
                TestDatabase without = TestDatabase.fresh()) {
            List<String> bare =
                    classPath().stream().filter(entry -> !holdsThePack(entry)).toList();
            assertThat(bare).hasSize(classPath().size() - 1);
            CompletableFuture<Void> other = OwnThread.run(() -> migrate(without, bare));
            migrate(with, classPath());
            other.join();

            assertThat(CatalogSnapshot.of(with).differenceTo(CatalogSnapshot.of(without)))
                    .isEmpty();
            assertThat(history(with)).hasSizeGreaterThan(150).isEqualTo(history(without));
            assertThat(with.rows("SELECT relname FROM pg_class WHERE relname LIKE 'expand_contract%'"))
                    .isEmpty();
        }
    }

    private static List<?> history(TestDatabase database) {
        return database.rows("""
                SELECT id, author, filename, orderexecuted, exectype, md5sum, description, comments, tag, contexts, labels
                FROM databasechangelog ORDER BY orderexecuted""");
    }

    private static List<String> classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.asList(all.split(File.pathSeparator));
    }

    private static boolean holdsThePack(String entry) {
        return Files.exists(Path.of(entry, "dev/expandcontract/liquibase/OnlineUpdateStep.class"))
                || entry.matches(".*liquibase-changes[^/]*\\.jar");
    }

    private void migrate(TestDatabase database, List<String> classPath) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(urls(classPath), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(UpdateMain.class.getName())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object)
                            new String[] {CHANGELOG, "", database.url(), database.user(), database.password()});
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private URL[] urls(List<String> classPath) throws IOException {
        List<URL> urls = new ArrayList<>(List.of(standIns.toUri().toURL()));
        for (String entry : classPath) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private void compileStandIns() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-cp", String.join(":", classPath())));
        for (String name : customChanges()) {
            Path source = standIns.resolve(name + ".java");
            Files.writeString(source, STAND_IN.formatted(name));
            arguments.add(source.toString());
        }
        arguments.addAll(List.of("-d", standIns.toString()));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private static Set<String> customChanges() throws IOException {
        Set<String> names = new TreeSet<>();
        Pattern pattern = Pattern.compile("class=\"[\\w.]+\\.(\\w+)\"");
        URL master = KeycloakIT.class.getClassLoader().getResource(CHANGELOG);
        assertThat(master).as("unpacked by the build").isNotNull();
        try (Stream<Path> changelogs = Files.list(Path.of(master.getPath()).getParent())) {
            for (Path changelog :
                    changelogs.filter(file -> file.toString().endsWith(".xml")).toList()) {
                Matcher matcher = pattern.matcher(Files.readString(changelog));
                while (matcher.find()) {
                    names.add(matcher.group(1));
                }
            }
        }
        return names;
    }
}
