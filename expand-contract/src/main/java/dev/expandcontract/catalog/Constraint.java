package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;

/**
 * A table constraint.
 *
 * @param type as {@code pg_constraint.contype}: {@code c}heck, {@code f}oreign key, {@code n}ot null, {@code p}rimary
 *     key, {@code u}nique, e{@code x}clusion, {@code t}rigger
 * @param definition as {@code pg_get_constraintdef} writes it, without NOT VALID
 */
public record Constraint(Identifier name, char type, boolean isValidated, String definition) {}
