package dev.expandcontract.flyway;

import java.util.concurrent.CountDownLatch;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/**
 * Migrates several databases at once, each in a thread that stops for ever when it has logged a given number of lines.
 * Between two lines lies whatever Flyway or we do: so every state between them can be killed.
 */
public final class FlywayToBeKilled {
    static final String ALL_HAVE_STOPPED = "All have stopped";

    private static final ThreadLocal<Stop> STOP = ThreadLocal.withInitial(() -> new Stop(Integer.MAX_VALUE, () -> {}));

    private FlywayToBeKilled() {}

    /** @param args user, password, then number of lines, URL and directory of each database */
    public static void main(String[] args) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch((args.length - 2) / 3);
        for (int i = 2; i < args.length; i += 3) {
            Stop stop = new Stop(Integer.parseInt(args[i]), stopped::countDown);
            FluentConfiguration configuration = stopping(Flyway.configure()
                    .dataSource(args[i + 1], args[0], args[1])
                    .locations("filesystem:" + args[i + 2]));
            new Thread(() -> {
                        STOP.set(stop);
                        configuration.load().migrate();
                    })
                    .start();
        }
        stopped.await();
        System.out.println(ALL_HAVE_STOPPED);
        Thread.sleep(Long.MAX_VALUE);
    }

    static FluentConfiguration stopping(FluentConfiguration configuration) {
        STOP.remove();
        return configuration.loggers(Logs.class.getName());
    }

    /** By this thread since {@link #stopping}. */
    static int linesLogged() {
        return STOP.get().lines;
    }

    /** When a thread stops. */
    private static final class Stop {
        private final int afterLines;
        private final Runnable whenStopped;
        private int lines;

        Stop(int afterLines, Runnable whenStopped) {
            this.afterLines = afterLines;
            this.whenStopped = whenStopped;
        }

        void line() {
            if (++lines == afterLines) {
                whenStopped.run();
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** What Flyway calls by this name. */
    public static final class Logs implements LogCreator {
        @Override
        public Log createLogger(Class<?> type) {
            return new StoppingLog();
        }
    }

    private static final class StoppingLog implements Log {
        @Override
        @SuppressWarnings("deprecation") // abstract in every version
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {
            if (isAboutTheMigration(message)) {
                STOP.get().line();
            }
        }

        /** What comes before and after differs between versions, and changes nothing. */
        private static boolean isAboutTheMigration(String message) {
            return message.startsWith("  ")
                    || message.startsWith("Migrating ")
                    || message.startsWith("Successfully applied")
                    || message.contains(" done in ");
        }

        @Override
        public void warn(String message) {
            System.out.println(message);
        }

        @Override
        public void error(String message) {
            System.out.println(message);
        }

        @Override
        public void error(String message, Exception e) {
            System.out.println(message);
        }

        @Override
        public void notice(String message) {}
    }
}
