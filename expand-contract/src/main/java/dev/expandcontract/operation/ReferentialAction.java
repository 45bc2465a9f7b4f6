package dev.expandcontract.operation;

/** What happens to referencing rows, as SQL names it. */
public enum ReferentialAction {
    NO_ACTION,
    RESTRICT,
    CASCADE,
    SET_NULL,
    SET_DEFAULT;

    public String sql() {
        return name().replace('_', ' ');
    }
}
