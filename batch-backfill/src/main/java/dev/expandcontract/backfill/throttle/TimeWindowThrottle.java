package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Lets a backfill work only between two times of the day, by the server's clock; over midnight if {@code to} is before
 * {@code from}. When clocks change, a time that doesn't exist on that day is as much later as the clock leaps, and of one
 * that exists twice the first counts (see {@link ZonedDateTime#of}).
 *
 * @param from the first minute in which it may
 * @param to the first minute in which it may not any more; another than {@code from}
 */
public record TimeWindowThrottle(LocalTime from, LocalTime to, ZoneId zone) implements Throttle {
    static final String NAME = "timeWindow";

    private static final Pattern WINDOW = Pattern.compile("(\\d\\d:\\d\\d)\\s*-\\s*(\\d\\d:\\d\\d)\\s+(\\S+)");

    private record Opening(ZonedDateTime begin, ZonedDateTime end) {
        boolean isAt(ZonedDateTime now) {
            return !now.isBefore(begin) && now.isBefore(end);
        }
    }

    public TimeWindowThrottle {
        from = from.truncatedTo(ChronoUnit.MINUTES);
        to = to.truncatedTo(ChronoUnit.MINUTES);
        Requirements.of(NAME)
                .that(!from.equals(to), "its times must differ, or it is never or always open: " + from + "-" + to)
                .check();
    }

    static TimeWindowThrottle parse(String value) {
        Matcher window = WINDOW.matcher(value.strip());
        if (!window.matches()) {
            throw new IllegalArgumentException("it needs two times and a time zone");
        }
        try {
            return new TimeWindowThrottle(
                    LocalTime.parse(window.group(1)), LocalTime.parse(window.group(2)), ZoneId.of(window.group(3)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return connection -> reasonToWaitAt(serverTime(connection));
    }

    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        serverTime(connection);
        return Optional.empty();
    }

    Optional<String> reasonToWaitAt(Instant time) {
        ZonedDateTime now = time.atZone(zone);
        if (openings(now.toLocalDate()).anyMatch(opening -> opening.isAt(now))) {
            return Optional.empty();
        }
        ZonedDateTime next = openings(now.toLocalDate())
                .map(Opening::begin)
                .filter(now::isBefore)
                .findFirst()
                .orElseThrow();
        return Optional.of("it is %s in %s, outside of the time window from %s to %s, which opens at %s, in %s"
                .formatted(
                        now.toLocalTime().truncatedTo(ChronoUnit.MINUTES),
                        zone,
                        from,
                        to,
                        next.toLocalTime(),
                        DurationText.wholeSeconds(Duration.between(now, next))));
    }

    /** In their order; one that has no length because the clocks leap over all of it is left out. */
    private Stream<Opening> openings(LocalDate today) {
        return IntStream.rangeClosed(-1, 2)
                .mapToObj(today::plusDays)
                .map(day -> new Opening(
                        day.atTime(from).atZone(zone),
                        day.plusDays(to.isBefore(from) ? 1 : 0).atTime(to).atZone(zone)))
                .filter(opening -> opening.begin().isBefore(opening.end()));
    }

    private static Instant serverTime(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    @Override
    public String toString() {
        return NAME + "=" + from + "-" + to + " " + zone;
    }
}
