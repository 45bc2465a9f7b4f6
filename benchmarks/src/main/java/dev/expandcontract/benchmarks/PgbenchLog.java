package dev.expandcontract.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What pgbench wrote with {@code --log}: a line per transaction,
 * {@code client transaction time script epoch microseconds [lag]}, when the transaction ended. With {@code --rate} the time
 * counts from when the transaction was due, so it holds the lag: how long a user waited.
 */
record PgbenchLog(Path file) {
    private static final int FIELDS = 6;

    /** @param time and the moment it was due, in microseconds */
    private record Transaction(long due, long time) {}

    /** In microseconds, of the transactions due in the time given in microseconds since 1970. */
    long[] timesDueWithin(long from, long to) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.flatMap(PgbenchLog::transaction)
                    .filter(transaction -> transaction.due >= from && transaction.due < to)
                    .mapToLong(Transaction::time)
                    .toArray();
        }
    }

    /** Whether pgbench is done with what was due before this moment, as far as it has written. */
    boolean hasReached(long moment) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            LongStream due = lines.flatMap(PgbenchLog::transaction).mapToLong(Transaction::due);
            return due.anyMatch(at -> at >= moment);
        }
    }

    /** None of a line that is not written to its end, and of a transaction that was skipped or failed. */
    private static Stream<Transaction> transaction(String line) {
        String[] fields = line.split(" ", -1);
        if (fields.length <= FIELDS || !fields[2].matches("[0-9]+") || fields[FIELDS].isEmpty()) {
            return Stream.empty();
        }
        long time = Long.parseLong(fields[2]);
        long end = Long.parseLong(fields[4]) * 1_000_000 + Long.parseLong(fields[5]);
        return Stream.of(new Transaction(end - time, time));
    }
}
