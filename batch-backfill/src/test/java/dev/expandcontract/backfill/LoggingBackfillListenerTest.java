package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingBackfillListenerTest {
    private static final QualifiedName ITEMS = QualifiedName.of("shop", "items");

    private final Logger logger = (Logger) LoggerFactory.getLogger(BackfillEngine.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final BackfillListener listener = new LoggingBackfillListener();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void warnsOfEachLockWithWhoHoldsIt() {
        var blocker = new Blocker(42, "shop", "app", "idle in transaction", Duration.ofSeconds(7), "SELECT 1");

        listener.waiting(new BackfillWait(
                "job", ITEMS, "id after 5 up to 9", Duration.ofMillis(50), Duration.ofSeconds(9), List.of(blocker)));

        assertLine(
                Level.WARN,
                "Backfill job of shop.items: id after 5 up to 9 is locked by " + blocker
                        + "; next try in 50 ms, for 9 s more");
    }

    @Test
    void tellsWhatTheBatchesFollowAndWhy() {
        listener.follows("job", "block order", "the table has no key to go along");

        assertLine(Level.INFO, "Backfill job follows block order: the table has no key to go along");
    }

    @Test
    void tellsTheEndWithItsFigures() {
        listener.finished(new BackfillResult(
                "job", ITEMS, BackfillState.FINISHED, BackfillPhase.FILL, 100, 0, 0, 40, 4, Duration.ofMillis(12)));

        assertLine(
                Level.INFO,
                "Backfill job of shop.items is finished: 100 rows changed, 40 of them now in 4 batches and 12 ms");
    }

    @Test
    void warnsOfWhatIsToBeTriedAgain() {
        listener.retrying("Backfill \"job\" stopped", Duration.ofMinutes(2));

        assertLine(Level.WARN, "Backfill \"job\" stopped. Next try in 120 s");
    }

    private void assertLine(Level level, String message) {
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(level);
            assertThat(line.getFormattedMessage()).isEqualTo(message);
        });
    }
}
