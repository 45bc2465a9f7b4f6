package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;

/**
 * A table constraint.
 *
 * @param type as {@code pg_constraint.contype}: {@code c}heck, {@code f}oreign key, {@code n}ot null, {@code p}rimary
 *     key, {@code u}nique, e{@code x}clusion, {@code t}rigger
 * @param definition as {@code pg_get_constraintdef} writes it, without NOT VALID
 * @param condition of a check that has nothing beside it, such as NO INHERIT; else empty
 */
public record Constraint(Identifier name, char type, boolean isValidated, String definition, String condition) {
    /** Whether it is a check of this condition, in whatever words, and nothing more. */
    public boolean isCheckOf(SqlExpression wanted, QualifiedName table, Catalog catalog) {
        return !condition.isEmpty() && catalog.isSame(table, wanted, new SqlExpression(condition));
    }
}
