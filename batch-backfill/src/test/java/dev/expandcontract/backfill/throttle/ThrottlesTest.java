package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.ConfigurationProblem;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ThrottlesTest {
    @Test
    void areReadFromOneText() {
        assertThat(Throttles.parse("replicaLag=10s,256MB; timeWindow = 22:00-06:00 Europe/Berlin ;activeSessions=40;"
                        + " sql=SELECT ';' || $$;$$ -- ;\n FROM t; sql=SELECT true;"))
                .containsExactly(
                        new ReplicaLagThrottle(Duration.ofSeconds(10), 256 << 20),
                        new TimeWindowThrottle(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneId.of("Europe/Berlin")),
                        new ActiveSessionsThrottle(40),
                        new SqlThrottle("SELECT ';' || $$;$$ -- ;\n FROM t"),
                        new SqlThrottle("SELECT true"));
        assertThat(Throttles.parse(" ")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void areReadAsTheyAreWritten(Kind kind) {
        List<Throttle> throttles = Throttles.parse(kind.example());

        assertThat(throttles).singleElement().asString().isEqualTo(kind.example());
        assertThat(Throttles.parse(Throttles.text(throttles))).isEqualTo(throttles);
    }

    @Test
    void areReadAsTheyAreWrittenInUnusualSizes() {
        List<Throttle> throttles = List.of(
                new ReplicaLagThrottle(Duration.ofMillis(90_500), 1_000_001),
                new DeadRowsThrottle(0.125, 0),
                new WalRateThrottle(1L << 50),
                new SlotRetentionThrottle(3 << 10),
                new BlockedSessionsThrottle(0),
                new TimeWindowThrottle(LocalTime.of(18, 0), LocalTime.MIDNIGHT, ZoneId.of("+02:00")));

        assertThat(Throttles.text(throttles))
                .isEqualTo("replicaLag=90500ms,1000001B; deadRows=12.5%,0; walRate=1024TB/s; slotRetention=3kB;"
                        + " blockedSessions=0; timeWindow=18:00-00:00 +02:00");
        assertThat(Throttles.parse(Throttles.text(throttles))).isEqualTo(throttles);
    }

    @Test
    void byDefaultGiveWayToThoseOfTheSameKindThatSomebodyAskedFor() {
        var asked = new SlotRetentionThrottle(1 << 30);

        assertThat(Throttles.parse(Throttles.text(Throttles.defaults()))).isEqualTo(Throttles.defaults());
        assertThat(Throttles.defaultsBeside(List.of(asked)))
                .hasSize(Throttles.defaults().size() - 1)
                .noneMatch(SlotRetentionThrottle.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicalag=10s,256MB | unknown throttle replicalag, did you mean replicaLag?",
                "activSession=4 | did you mean activeSessions?",
                "replicaLag | \"replicaLag\" is no throttle like replicaLag=10s,256MB",
                "replicaLag=10s | throttle replicaLag=10s: it needs a time and a size; write it like replicaLag=10s,256MB",
                "replicaLag=10,256MB | expected a duration such as 500ms, 10s, 5min, 2h, 1d or PT10S but found \"10\"; write it like",
                "replicaLag=10s,256 | \"256\" is no size like 256MB (units: B, kB, MB, GB, TB)",
                "replicaLag=0s,-1MB | throttle replicaLag: its time must be from 1s to 1d: 0ms; its size must be at least 1kB: -1MB",
                "slotRetention=0MB | throttle slotRetention: its size must be at least 1kB: 0B",
                "walRate=20MB | it needs a size per second; write it like walRate=20MB/s",
                "walRate=-20MB/s | its size must be at least 1kB",
                "deadRows=0%,5 | its share must be above 0% and below 100%: 0%",
                "deadRows=100%,-5 | below 100%: 100%; its floor must be 0 or more rows: -5",
                "deadRows=0.3,5 | it needs a share in percent and a number of rows; write it like deadRows=30%,100000",
                "deadRows=many%,5 | is no share and number of rows",
                "activeSessions=0 | its number of sessions must be at least 1: 0",
                "activeSessions=few | \"few\" is no whole number; write it like activeSessions=40",
                "blockedSessions=-1 | its number of sessions must be 0 or more: -1",
                "timeWindow=22:00-22:00 UTC | its times must differ",
                "timeWindow=22:00-06:00 | it needs two times and a time zone; write it like timeWindow=22:00-06:00 Europe/Berlin",
                "timeWindow=25:00-06:00 UTC | Text '25:00' could not be parsed",
                "timeWindow=22:00-06:00 Berlin | Unknown time-zone ID: Berlin",
                "sql= | throttle sql: it must not be blank",
                "walRate=1MB/s;walRate=2MB/s | throttle walRate is there twice",
            })
    void refuse(String text, String problem) {
        assertThatThrownBy(() -> Throttles.parse(text))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(problem);
    }

    @Test
    void tellAllProblemsAtOnce() {
        assertThatThrownBy(() -> Throttles.parse("replicaLag=0s,0B; walrate=1MB/s; activeSessions=-3; sql=SELECT true"))
                .message()
                .hasLineCount(3)
                .contains("its time must", "its size must", "did you mean walRate?", "activeSessions: its number");
    }
}
