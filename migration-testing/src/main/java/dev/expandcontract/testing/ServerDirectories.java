package dev.expandcontract.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where embedded servers live. Every user has directories of their own: those that zonky would share belong to whoever ran
 * tests on this machine first.
 */
final class ServerDirectories {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH = 4L << 30;

    private ServerDirectories() {}

    /** Unpacked once per version. */
    static Path binaries() throws IOException {
        return Files.createDirectories(ofUser(temporary()));
    }

    /**
     * For the data directories. The system property {@code postgres.directory} chooses it; by default it is in memory, where
     * there is room: a database is created in 10 ms there, and in 100 to 300 ms on a busy disk.
     *
     * <p>zonky is told of it too: its next start stops the servers there whose JVM was killed.
     */
    static Path data() throws IOException {
        String chosen = System.getProperty("postgres.directory");
        Path parent = chosen != null ? Path.of(chosen) : hasRoom(MEMORY) ? MEMORY : temporary();
        Path directory = Files.createDirectories(ofUser(parent));
        System.setProperty("ot.epg.working-dir", directory.toString());
        return directory;
    }

    private static boolean hasRoom(Path directory) throws IOException {
        return Files.isWritable(directory) && Files.getFileStore(directory).getUsableSpace() >= ENOUGH;
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static Path ofUser(Path parent) {
        return parent.resolve(
                "embedded-pg-" + System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_-]", "_"));
    }
}
