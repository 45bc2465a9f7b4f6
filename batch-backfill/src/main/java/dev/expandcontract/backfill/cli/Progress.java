package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillListener;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.BackfillWait;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells how far a run is: a line that changes every second where a person looks on, else a line every ten seconds. */
final class Progress implements BackfillListener, AutoCloseable {
    private static final String CLEARED = "\r\u001b[K";

    private final PrintWriter out;
    private @Nullable Thread watch;
    private boolean isLineOpen;

    private Progress(PrintWriter out) {
        this.out = out;
    }

    /** Lines, one after the other. */
    static Progress plain(PrintWriter out) {
        return new Progress(out);
    }

    /** One line that changes. */
    static Progress live(PrintWriter out, ConnectionSource source, Identifier schema, String job) {
        var progress = new Progress(out);
        progress.watch(source, new BackfillControl(schema), job);
        return progress;
    }

    private void watch(ConnectionSource source, BackfillControl control, String job) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            Thread.sleep(1000);
                            look(source, control, job);
                        }
                    } catch (InterruptedException e) {
                        // The run has ended.
                    }
                },
                "progress");
        thread.setDaemon(true);
        thread.start();
        watch = thread;
    }

    /** Looked up again: the run itself tells but every ten seconds, and only of this process. */
    private void look(ConnectionSource source, BackfillControl control, String job) throws InterruptedException {
        try (Connection connection = source.connect()) {
            while (true) {
                show(control.status(connection, job));
                Thread.sleep(1000);
            }
        } catch (SQLException | ExpandContractException e) {
            // The run tells what is wrong; the line stays as it is.
        }
    }

    private synchronized void show(BackfillStatus status) {
        out.print(CLEARED + status.inWords());
        out.flush();
        isLineOpen = true;
    }

    private synchronized void line(String text) {
        out.println((isLineOpen ? CLEARED : "") + text);
        out.flush();
        isLineOpen = false;
    }

    @Override
    public void started(BackfillStatus status) {
        line("Backfill " + status.name() + " of " + status.table() + ": " + status.inWords());
    }

    @Override
    public void follows(String name, String axis, String reason) {
        line("Follows " + axis + ": " + reason);
    }

    @Override
    public void progress(BackfillStatus status) {
        if (watch == null) {
            line(status.inWords());
        }
    }

    @Override
    public void waiting(BackfillWait wait) {
        line("%s is locked; next try in %d ms, for %d s more: %s"
                .formatted(
                        wait.range(), wait.pause().toMillis(), wait.budgetLeft().toSeconds(), wait.blockers()));
    }

    @Override
    public void warning(String name, String what) {
        line("Warning: " + what);
    }

    @Override
    public void throttled(String name, String reason) {
        if (watch == null) {
            line("Waits: " + reason);
        }
    }

    @Override
    public void disconnected(String name, String reason, Duration pause) {
        line("Connection lost (" + reason + "); next try in " + pause.toMillis() + " ms");
    }

    @Override
    public void failedRow(String name, QualifiedName table, String what) {
        line("A row of " + table + " can't be changed, the others go on: " + what);
    }

    @Override
    public void retrying(String failure, Duration pause) {
        line("Next try in " + pause.toSeconds() + " s, because " + failure);
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.interrupt();
        }
        synchronized (this) {
            if (isLineOpen) {
                out.println();
                isLineOpen = false;
            }
            out.flush();
        }
    }
}
