package dev.expandcontract.backfill;

import java.util.List;

/**
 * How far a job has come: which ranges may still be claimed.
 *
 * @param pass over the whole table, from 1
 * @param parts oids of the table, or of its partitions, in the order of this pass
 * @param part number of the one that the frontier is in, from 1; 0 before the first
 * @param file of the part, in block order; else 0
 * @param frontier end of the range that was claimed last; empty at the beginning of the part
 * @param upperBound where the part ends; empty where it has no rows
 */
record Position(
        BackfillPhase phase,
        int pass,
        List<Long> parts,
        int part,
        long file,
        List<String> frontier,
        List<String> upperBound) {
    Position {
        parts = List.copyOf(parts);
        frontier = List.copyOf(frontier);
        upperBound = List.copyOf(upperBound);
    }

    static Position beforePass(BackfillPhase phase, int pass, List<Long> parts) {
        return new Position(phase, pass, parts, 0, 0, List.of(), List.of());
    }

    boolean isAtEndOfPart() {
        return frontier.equals(upperBound);
    }

    boolean isInLastPart() {
        return part >= parts.size();
    }

    /** Oid of the part that the frontier is in, if it is in any. */
    long partOid() {
        return parts.get(part - 1);
    }

    Position atPart(int number, long itsFile, List<String> end) {
        return new Position(phase, pass, parts, number, itsFile, List.of(), end);
    }

    Position movedTo(List<String> position) {
        return new Position(phase, pass, parts, part, file, position, upperBound);
    }

    Position endingWith(List<String> bound) {
        return new Position(phase, pass, parts, part, file, frontier, bound);
    }
}
