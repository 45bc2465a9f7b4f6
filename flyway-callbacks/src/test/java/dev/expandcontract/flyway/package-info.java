@NullMarked
package dev.expandcontract.flyway;

import org.jspecify.annotations.NullMarked;
