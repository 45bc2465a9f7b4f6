package dev.expandcontract.plan;

/** How to see that a step has nothing left to do. */
public sealed interface DoneWhen {

    /**
     * The catalogue tells.
     *
     * @param sql an expression over the catalogue that is true when the step is done
     */
    record Catalogue(String sql) implements DoneWhen {}

    /** The catalogue can't tell; our own row, written in the step's transaction, does. */
    record Recorded() implements DoneWhen {}

    /** The step itself sees it, and then does nothing. */
    record ByItself() implements DoneWhen {}
}
