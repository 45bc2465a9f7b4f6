/** Settings with validated defaults. */
@NullMarked
package dev.expandcontract.settings;

import org.jspecify.annotations.NullMarked;
