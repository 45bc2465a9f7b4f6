package dev.expandcontract.run;

import java.time.Duration;

/**
 * How long one try may wait for locks.
 *
 * @param whole for all of them, one after the other
 * @param each for each: PostgreSQL counts lock_timeout anew for every lock
 */
record Patience(Duration whole, Duration each) {}
