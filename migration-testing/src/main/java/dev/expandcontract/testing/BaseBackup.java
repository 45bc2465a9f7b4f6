package dev.expandcontract.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the data directory of a server that runs, as in PostgreSQL's documentation, "Making a Base Backup Using the
 * Low Level API". The WAL that belongs to it is not copied: whoever starts the copy must be able to stream it.
 */
final class BaseBackup {
    /** Of the running server alone, or made anew by the one that starts. */
    private static final Set<String> LEFT_OUT = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Path CONTROL = Path.of("global", "pg_control");

    private BaseBackup() {}

    /**
     * @param connection to the server, as its superuser; the backup ends with it if anything fails
     * @param target an empty directory
     */
    static void take(Connection connection, Path target) throws IOException {
        boolean old = version(connection) < 15;
        Path source = Path.of((String) value(connection, "SHOW data_directory"));
        Sql.rows(
                connection,
                old ? "SELECT pg_start_backup('test', true, false)" : "SELECT pg_backup_start('test', true)");
        copy(source, target);
        List<@Nullable Object> end = Sql.rows(
                        connection,
                        "SELECT labelfile, spcmapfile FROM "
                                + (old ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)"))
                .get(0);
        Files.writeString(target.resolve("backup_label"), String.valueOf(end.get(0)));
        if (end.get(1) instanceof String tablespaces && !tablespaces.isEmpty()) {
            throw new IllegalStateException("A server with tablespaces of its own can't be copied for a replica.");
        }
    }

    private static int version(Connection connection) {
        return (Integer) value(connection, "SELECT current_setting('server_version_num')::int / 10000");
    }

    private static Object value(Connection connection, String sql) {
        Object value = Sql.rows(connection, sql).get(0).get(0);
        if (value == null) {
            throw new IllegalStateException(sql + " gives NULL");
        }
        return value;
    }

    /** The control file last: it must not be older than what it describes. */
    private static void copy(Path source, Path target) throws IOException {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path relative = source.relativize(directory);
                if (!relative.toString().isEmpty()) {
                    Files.createDirectory(
                            target.resolve(relative),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
                return LEFT_OUT.contains(relative.toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path relative = source.relativize(file);
                if (!relative.equals(CONTROL) && !isOfTheProcess(relative)) {
                    copyIfThere(file, target.resolve(relative));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        Files.createDirectories(target.resolve("pg_wal").resolve("archive_status"));
        Files.copy(source.resolve(CONTROL), target.resolve(CONTROL));
    }

    /** {@code epg-lock} is zonky's. */
    private static boolean isOfTheProcess(Path relative) {
        return Set.of("postmaster.pid", "postmaster.opts", "epg-lock").contains(relative.toString());
    }

    /** The server removes files while it runs; replay does the same to the copy. */
    private static void copyIfThere(Path file, Path copy) throws IOException {
        try {
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException e) {
            if (Files.exists(file)) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
