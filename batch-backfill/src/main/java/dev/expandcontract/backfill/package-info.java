/** Batched, resumable rewrites of rows. */
@NullMarked
package dev.expandcontract.backfill;

import org.jspecify.annotations.NullMarked;
