/** What holds a backfill back: limits on the load of its server, read between its batches. */
@NullMarked
package dev.expandcontract.backfill.throttle;

import org.jspecify.annotations.NullMarked;
