package dev.expandcontract.plan;

import java.util.Arrays;
import java.util.List;

/** PostgreSQL's table-level lock modes, weakest first, see "Explicit Locking" in its documentation. */
public enum LockMode {
    ACCESS_SHARE("AccessShareLock"),
    ROW_SHARE("RowShareLock"),
    ROW_EXCLUSIVE("RowExclusiveLock"),
    SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusiveLock"),
    SHARE("ShareLock"),
    SHARE_ROW_EXCLUSIVE("ShareRowExclusiveLock"),
    EXCLUSIVE("ExclusiveLock"),
    ACCESS_EXCLUSIVE("AccessExclusiveLock");

    private final String pgLocksMode;

    LockMode(String pgLocksMode) {
        this.pgLocksMode = pgLocksMode;
    }

    /** As {@code LOCK TABLE … IN … MODE} spells it. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /** As {@code pg_locks.mode} spells it. */
    public String pgLocksMode() {
        return pgLocksMode;
    }

    /** Whether two transactions can't hold these at once on one table. */
    public boolean conflictsWith(LockMode other) {
        return switch (this) {
            case ACCESS_SHARE -> other == ACCESS_EXCLUSIVE;
            case ROW_SHARE -> other.compareTo(EXCLUSIVE) >= 0;
            case ROW_EXCLUSIVE -> other.compareTo(SHARE) >= 0;
            case SHARE_UPDATE_EXCLUSIVE -> other.compareTo(SHARE_UPDATE_EXCLUSIVE) >= 0;
            case SHARE -> other.compareTo(ROW_EXCLUSIVE) >= 0 && other != SHARE;
            case SHARE_ROW_EXCLUSIVE -> other.compareTo(ROW_EXCLUSIVE) >= 0;
            case EXCLUSIVE -> other.compareTo(ROW_SHARE) >= 0;
            case ACCESS_EXCLUSIVE -> true;
        };
    }

    public List<LockMode> conflicts() {
        return Arrays.stream(values()).filter(this::conflictsWith).toList();
    }

    /** Whether {@code SELECT} has to wait. */
    public boolean blocksReads() {
        return conflictsWith(ACCESS_SHARE);
    }

    /** Whether {@code INSERT}, {@code UPDATE} and {@code DELETE} have to wait. */
    public boolean blocksWrites() {
        return conflictsWith(ROW_EXCLUSIVE);
    }
}
