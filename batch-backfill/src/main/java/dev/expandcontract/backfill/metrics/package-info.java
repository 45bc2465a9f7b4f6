/** Backfills as metrics. Needs Micrometer. */
@NullMarked
package dev.expandcontract.backfill.metrics;

import org.jspecify.annotations.NullMarked;
