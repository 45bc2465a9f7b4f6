package dev.expandcontract.liquibase;

import dev.expandcontract.operation.ValidateConstraint;

/** {@code onlineValidateConstraint}: the attributes are those of {@link ValidateConstraint}. */
public final class OnlineValidateConstraintChange extends OnlineChange {
    public OnlineValidateConstraintChange() {
        super(ValidateConstraint.class);
    }
}
