/** Backfills measured side by side: this engine, one big statement, and the shapes of other tools. */
@NullMarked
package dev.expandcontract.benchmarks;

import org.jspecify.annotations.NullMarked;
