package dev.expandcontract.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A main class in a JVM of its own with this JVM's class path, to be killed where a test wants it. It starts no server: hand
 * it {@link TestDatabase#url()}, user and password as arguments.
 */
public final class ChildJvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final Process process;
    private final Thread reader;
    private final Thread killer;
    private final List<String> lines = new ArrayList<>();
    private boolean hasEnded;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(this::read, name + "-output");
        this.killer = new Thread(process::destroyForcibly, name + "-killer");
    }

    public static ChildJvm start(Class<?> main, String... args) {
        return start(List.of(), main, args);
    }

    /**
     * With options for the JVM.
     *
     * @param options such as {@code -Dexpandcontract.lockTimeout=200ms}
     */
    public static ChildJvm start(List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Xshare:auto"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", classPath());
        try {
            ChildJvm child = new ChildJvm(main.getSimpleName(), builder.start());
            child.reader.setDaemon(true);
            child.reader.start();
            Runtime.getRuntime().addShutdownHook(child.killer);
            return child;
        } catch (IOException e) {
            throw new IllegalStateException("No JVM for %s: %s".formatted(main.getName(), e.getMessage()), e);
        }
    }

    /** Surefire may have started us with nothing but a jar that names the rest, and says so in a property. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed so far, standard error included. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /**
     * The first line that matches, whether it has been printed already or is still to come.
     *
     * @param regex for some part of the line
     * @throws IllegalStateException with the output, after the timeout or when the child ends without such a line
     */
    public String awaitLine(String regex, Duration timeout) {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + timeout.toNanos();
        int seen = 0;
        synchronized (lines) {
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (pattern.matcher(lines.get(seen)).find()) {
                        return lines.get(seen);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (hasEnded || left <= 0) {
                    throw failure("%s without a line like \"%s\""
                            .formatted(hasEnded ? "ended" : "ran for " + timeout, regex));
                }
                await(left);
            }
        }
    }

    private void await(long milliseconds) {
        try {
            lines.wait(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was waited for by an interrupted thread");
        }
    }

    /** SIGKILL: no clean-up runs in the child. Returns when it is dead; its sessions may take the server a moment longer. */
    public void kill() {
        process.destroyForcibly();
        waitFor();
    }

    /**
     * Waits for its end.
     *
     * @return its exit code; 137 after {@link #kill()}
     * @throws IllegalStateException with the output, after two minutes
     */
    public int waitFor() {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failure("has not ended within " + PATIENCE);
            }
            reader.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was waited for by an interrupted thread");
        }
        return process.exitValue();
    }

    /** Waits for its end and fails, with the output, unless the exit code is 0. */
    public void expectSuccess() {
        int code = waitFor();
        if (code != 0) {
            throw failure("ended with exit code " + code);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // This JVM is on its way out; the hook kills whom we have killed.
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (@Nullable String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            // A killed child closes the pipe; what it had printed before is kept.
        } finally {
            synchronized (lines) {
                hasEnded = true;
                lines.notifyAll();
            }
        }
    }

    private IllegalStateException failure(String what) {
        return new IllegalStateException(
                "The JVM of %s %s. It printed:\n%s".formatted(name, what, String.join("\n", lines())));
    }
}
