/** The operations that a migration author can ask for. */
@NullMarked
package dev.expandcontract.operation;

import org.jspecify.annotations.NullMarked;
