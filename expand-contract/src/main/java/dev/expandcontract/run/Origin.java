package dev.expandcontract.run;

/**
 * Who asked for an operation.
 *
 * @param migration the script or changeSet; empty where there is none
 * @param position which statement of it, from 1; 0 where it is the only one
 */
public record Origin(Host host, String migration, int position) {
    /** Called from Java, by no migration. */
    public static Origin java() {
        return new Origin(Host.JAVA, "", 0);
    }

    boolean isMigration() {
        return !migration.isEmpty();
    }

    @Override
    public String toString() {
        return !isMigration() ? host.name() : host + ":" + migration + (position == 0 ? "" : "#" + position);
    }
}
