/** A PostgreSQL for tests, and what a concurrency test needs around it. */
@NullMarked
package dev.expandcontract.testing;

import org.jspecify.annotations.NullMarked;
