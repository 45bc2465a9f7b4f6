/** Zero-downtime migrations inside Flyway. Having this module on the class path is enough. */
@NullMarked
package dev.expandcontract.flyway;

import org.jspecify.annotations.NullMarked;
