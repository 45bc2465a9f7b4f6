/** The command line: watches, runs and steers backfills. Not needed by those who run them from Java. */
@NullMarked
package dev.expandcontract.backfill.cli;

import org.jspecify.annotations.NullMarked;
