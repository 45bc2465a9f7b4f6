/** What an operation comes to on one database: pure data. */
@NullMarked
package dev.expandcontract.plan;

import org.jspecify.annotations.NullMarked;
