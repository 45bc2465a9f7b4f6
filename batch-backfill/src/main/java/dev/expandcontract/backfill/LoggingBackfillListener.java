package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells an SLF4J logger: what an engine uses that was given no other listener. */
public final class LoggingBackfillListener implements BackfillListener {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillEngine.class);

    @Override
    public void started(BackfillStatus status) {
        LOG.info(
                "Backfill {} of {}: {} of about {} rows passed",
                status.name(),
                status.table(),
                status.rowsPassed(),
                status.rowsEstimated());
    }

    @Override
    public void follows(String name, String axis, String reason) {
        LOG.info("Backfill {} follows {}: {}", name, axis, reason);
    }

    @Override
    public void progress(BackfillStatus status) {
        if (LOG.isInfoEnabled()) {
            LOG.info("Backfill {} of {}: {}", status.name(), status.table(), inWords(status));
        }
    }

    @Override
    public void waiting(BackfillWait wait) {
        if (LOG.isWarnEnabled()) {
            LOG.warn(
                    "Backfill {} of {}: {} is locked{}; next try in {} ms, for {} s more",
                    wait.name(),
                    wait.table(),
                    wait.range(),
                    wait.blockers().isEmpty()
                            ? ""
                            : wait.blockers().stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining("; ", " by ", "")),
                    wait.pause().toMillis(),
                    wait.budgetLeft().toSeconds());
        }
    }

    @Override
    public void warning(String name, String what) {
        LOG.warn("Backfill {}: {}", name, what);
    }

    @Override
    public void throttled(String name, String reason) {
        LOG.info("Backfill {} waits: {}", name, reason);
    }

    @Override
    public void disconnected(String name, String reason, Duration pause) {
        LOG.warn("Backfill {}: connection lost ({}); next try in {} ms", name, reason, pause.toMillis());
    }

    @Override
    public void failedRow(String name, QualifiedName table, String what) {
        LOG.warn("Backfill {} of {}: a row can't be changed, the others go on: {}", name, table, what);
    }

    @Override
    public void retrying(String failure, Duration pause) {
        LOG.warn("{}. Next try in {} s", failure, pause.toSeconds());
    }

    @Override
    public void finished(BackfillResult result) {
        LOG.info(
                "Backfill {} of {} is {}: {} rows changed, {} of them now in {} batches and {} ms",
                result.name(),
                result.table(),
                result.inWords(),
                result.rows(),
                result.rowsNow(),
                result.batchesNow(),
                result.duration().toMillis());
    }

    /** How far a job is, in one line. */
    public static String inWords(BackfillStatus status) {
        return status.inWords();
    }
}
