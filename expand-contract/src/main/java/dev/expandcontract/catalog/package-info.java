/** What the database says of itself. */
@NullMarked
package dev.expandcontract.catalog;

import org.jspecify.annotations.NullMarked;
