package dev.expandcontract.samples.shop;

import java.time.Duration;

/**
 * What one operation took, and what the application felt of it.
 *
 * @param slowest the longest that one statement took while the operation ran, with the time that it waited
 * @param firstError empty without errors
 */
record Row(String operation, Duration time, Duration slowest, long errors, String firstError) {}
