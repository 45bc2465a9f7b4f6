/** Names, SQL text, durations and SQLSTATEs: the only types through which text meets SQL. */
@NullMarked
package dev.expandcontract.sql;

import org.jspecify.annotations.NullMarked;
