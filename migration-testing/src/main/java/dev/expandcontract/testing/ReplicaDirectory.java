package dev.expandcontract.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** The data directory of a standby: a copy of the primary's, and what makes it follow. */
final class ReplicaDirectory {
    /** It reports every second what it has replayed, so that no test waits for the usual ten. */
    private static final String SETTINGS = """
            primary_conninfo = 'host=localhost port=%d user=%s application_name=%s'
            primary_slot_name = '%s'
            wal_receiver_status_interval = 1
            wal_retrieve_retry_interval = 100
            """;

    private ReplicaDirectory() {}

    /** @param name of the standby and of its slot, which is there already */
    static void fill(Path data, ServerAddress primary, String name) throws IOException, SQLException {
        try (Connection connection = primary.administrator()) {
            BaseBackup.take(connection, data);
        }
        var source = new PGSimpleDataSource();
        source.setUrl(primary.url(primary.maintenance()));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                SETTINGS.formatted(source.getPortNumbers()[0], primary.user(), name, name),
                StandardOpenOption.APPEND);
        Files.createFile(data.resolve("standby.signal"));
    }

    static void delete(Path data) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.exists(data) ? Files.walk(data) : Stream.empty()) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
        Files.deleteIfExists(Path.of(data + ".log"));
    }
}
