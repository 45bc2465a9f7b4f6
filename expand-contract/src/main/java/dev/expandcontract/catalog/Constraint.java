package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table constraint.
 *
 * @param type as {@code pg_constraint.contype}: {@code c}heck, {@code f}oreign key, {@code n}ot null, {@code p}rimary
 *     key, {@code u}nique, e{@code x}clusion, {@code t}rigger
 * @param definition as {@code pg_get_constraintdef} writes it, without NOT VALID
 * @param condition of a check that has nothing beside it, such as NO INHERIT; else empty
 */
public record Constraint(Identifier name, char type, boolean isValidated, String definition, String condition) {
    /**
     * The definition of a foreign key. Written here for those that exist too: the words that are put in quotes differ
     * between versions of PostgreSQL.
     *
     * @param referencedColumns none where they are not known
     * @param rest such as {@code  ON DELETE CASCADE}, with a blank in front
     */
    public static String foreignKey(
            List<Identifier> columns, QualifiedName referenced, List<Identifier> referencedColumns, String rest) {
        return "FOREIGN KEY (" + joined(columns) + ") REFERENCES " + referenced.sql()
                + (referencedColumns.isEmpty() ? "" : " (" + joined(referencedColumns) + ")") + rest;
    }

    private static String joined(List<Identifier> names) {
        return names.stream().map(Identifier::sql).collect(Collectors.joining(", "));
    }

    /** Whether it is a check of this condition, in whatever words, and nothing more. */
    public boolean isCheckOf(SqlExpression wanted, QualifiedName table, Catalog catalog) {
        return !condition.isEmpty() && catalog.isSame(table, wanted, new SqlExpression(condition));
    }
}
