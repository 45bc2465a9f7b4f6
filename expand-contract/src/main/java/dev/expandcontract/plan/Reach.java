package dev.expandcontract.plan;

/** Which further tables PostgreSQL locks together with the one that a statement names. */
public enum Reach {
    /** None: {@code ONLY}, or a form that concerns the table itself. */
    TABLE,

    /** The partitions of a partitioned table; tables that merely inherit are left alone. */
    PARTITIONS,

    /** All tables that inherit from it, partitions among them. */
    DESCENDANTS,

    /** These, and what changes when they are gone: the tables that they reference, and a partition's parent. */
    DROPPED,

    /** These, and the tables that reference any of them. */
    DROPPED_WITH_CASCADE
}
