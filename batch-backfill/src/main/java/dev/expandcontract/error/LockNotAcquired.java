package dev.expandcontract.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lock budget was spent. The step that needed the lock changed nothing. */
public final class LockNotAcquired extends ExpandContractException {
    private final List<Blocker> blockers;

    public LockNotAcquired(String message, List<Blocker> blockers, @Nullable Throwable cause) {
        super(message, cause);
        this.blockers = List.copyOf(blockers);
    }

    /** Who was seen to block the last try; empty where nobody could be seen. */
    public List<Blocker> blockers() {
        return blockers;
    }
}
