package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.backfill.throttle.ReplicationStatus.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaLagWatchTest {
    private static final int MEGABYTE = 1 << 20;

    private final ReplicaLagWatch watch =
            new ReplicaLagWatch(new ReplicaLagThrottle(Duration.ofSeconds(10), 256 * MEGABYTE), () -> 0);

    @Test
    void namesTheReplicaItsFiguresAndTheLimits() {
        assertThat(judge(0, 400, replica("walreceiver", 90, 14, 1)))
                .hasValue("replica walreceiver (10.0.0.7) is 14 s and 310 MB behind (limits 10 s, 256 MB)");
    }

    @Test
    void tellsOfEveryReplicaThatIsBehind() {
        assertThat(judge(0, 400, replica("a", 400, 0, 1), replica("b", 90, 0, 1), replica("c", 0, 0, 1)))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("replica b (10.0.0.7) is 0 s and 310 MB")
                        .contains("; replica c (10.0.0.7) is 0 s and 400 MB")
                        .doesNotContain("replica a"));
    }

    @Test
    void doesNotBelieveTheServersReplayLagOfAReplicaThatHasReplayedAll() {
        assertThat(judge(0, 400, replica("a", 400, 14, 1))).isEmpty();
    }

    @Test
    void doesNotTrustAReplicaThatHasReportedNothingForAMinute() {
        assertThat(judge(0, 400, replica("a", 400, 0, 1))).isEmpty();
        assertThat(judge(59, 400, replica("a", 400, 0, 1))).isEmpty();
        assertThat(judge(61, 400, replica("a", 400, 0, 1)))
                .hasValue("replica a (10.0.0.7) has reported nothing for 61 s (limit 1 min), so its lag is not known");
        assertThat(judge(62, 400, replica("a", 400, 0, 2))).isEmpty();
    }

    @Test
    void doesNotTrustAReplicaThatWasSilentBeforeTheRunBegan() {
        var silent = new Replica("a", "10.0.0.7", "", 400L * MEGABYTE, Duration.ZERO, 1, Duration.ofMinutes(3));
        assertThat(judge(0, 400, silent))
                .hasValueSatisfying(reason -> assertThat(reason).contains("reported nothing for 3 min"));
    }

    @Test
    void looksAtTheWorseOfTwoThatHaveTheSameName() {
        assertThat(judge(0, 400, replica("a", 400, 0, 1), replica("a", 90, 0, 1)))
                .isPresent();
    }

    @Test
    void knowsAReplicaAgainByItsSlotWhateverItsAddress() {
        assertThat(judge(0, 400, withSlot("10.0.0.7", 399))).isEmpty();
        assertThat(judge(5, 400)).isEmpty();
        assertThat(judge(20, 401, withSlot("10.0.0.8", 401))).isEmpty();
        assertThat(judge(40, 900, withSlot("10.0.0.8", 900))).isEmpty();
    }

    private static Replica withSlot(String address, long megabytes) {
        return new Replica("a", address, "standby_1", megabytes * MEGABYTE, Duration.ZERO, megabytes, Duration.ZERO);
    }

    private static Replica replica(String name, long megabytes, int lag, long reply) {
        return new Replica(
                name, "10.0.0.7", "", megabytes * MEGABYTE, Duration.ofSeconds(lag), reply, Duration.ofSeconds(0));
    }

    private Optional<String> judge(int second, long megabytes, Replica... replicas) {
        return watch.judge(
                new ReplicationStatus(megabytes * MEGABYTE, 0, List.of(replicas)),
                Duration.ofSeconds(second).toNanos());
    }
}
