/** The one place that executes. */
@NullMarked
package dev.expandcontract.run;

import org.jspecify.annotations.NullMarked;
