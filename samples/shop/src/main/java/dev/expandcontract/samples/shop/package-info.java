/** The shop that every sample migrates while it is open. */
@NullMarked
package dev.expandcontract.samples.shop;

import org.jspecify.annotations.NullMarked;
