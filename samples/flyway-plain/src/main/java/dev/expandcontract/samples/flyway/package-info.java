/** A project that uses Flyway through its API. */
@NullMarked
package dev.expandcontract.samples.flyway;

import org.jspecify.annotations.NullMarked;
