package dev.expandcontract.backfill.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command on the backfills of a database. */
abstract class DatabaseCommand implements Callable<Integer> {
    @Mixin
    final Access access = new Access();

    @Mixin
    final Output output = new Output();
}
