package dev.expandcontract.run;

import dev.expandcontract.sql.QualifiedName;

/**
 * The tool that we run inside, and its history: two histories may hold migrations of the same name, for two tenants for
 * example, while their notes are kept in one schema.
 *
 * @param name {@code flyway}, {@code liquibase} or {@code java}
 * @param history the table that it keeps its history in; empty where there is none
 */
public record Host(String name, String history) {
    static final Host JAVA = new Host("java", "");

    public static Host of(String name, QualifiedName history) {
        return new Host(name, history.sql());
    }

    @Override
    public String toString() {
        return name;
    }
}
