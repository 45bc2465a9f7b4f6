/** The operations as Liquibase changes. */
@NullMarked
package dev.expandcontract.liquibase;

import org.jspecify.annotations.NullMarked;
