/** The error family: every failure says what failed, on which object, the state of the database, and the next step. */
@NullMarked
package dev.expandcontract.error;

import org.jspecify.annotations.NullMarked;
