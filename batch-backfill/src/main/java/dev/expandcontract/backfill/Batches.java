package dev.expandcontract.backfill;

import java.util.List;

/**
 * A range that was claimed, and where the batches end that it is worked off in. Many small transactions are quicker than a
 * few large ones: those have PostgreSQL look in vain, again and again, for index entries of old versions to remove.
 *
 * @param ends of all batches but the last, which ends with the range
 * @param rows that each of them was to have
 * @param isNew whether nobody has looked yet if there is anything to do in it
 */
record Batches(Claim claim, List<List<String>> ends, long rows, boolean isNew) {
    Batches {
        ends = List.copyOf(ends);
    }

    /** A range that is one batch. */
    static Batches one(Claim claim) {
        return new Batches(claim, List.of(), claim.rowsAsked(), false);
    }

    /** @param ends of batches; if the last is the end of the range, it is not counted twice */
    static Batches of(Claim claim, List<List<String>> ends, long rows) {
        return new Batches(
                claim, ends.stream().filter(end -> !end.equals(claim.upTo())).toList(), rows, true);
    }

    boolean isLast() {
        return ends.isEmpty();
    }

    /** Where the next batch ends. */
    List<String> end() {
        return isLast() ? claim.upTo() : ends.get(0);
    }

    /** What the next batch was to have; 0 for all that are left of the part. */
    long rowsAsked() {
        return isLast() ? claim.rowsAsked() : rows;
    }

    /** How many rows all of them have at least. */
    long knownRows() {
        return ends.size() * rows;
    }

    /** @param rest the range without the batch that is done */
    Batches afterFirst(Claim rest) {
        return new Batches(rest, ends.subList(1, ends.size()), rows, false);
    }
}
