/** A project that uses Liquibase through its API. */
@NullMarked
package dev.expandcontract.samples.liquibase;

import org.jspecify.annotations.NullMarked;
