package dev.expandcontract.backfill.cli;

import java.io.Console;
import java.lang.reflect.Method;

/** Whether a person looks on. */
final class Terminal {
    private Terminal() {}

    /** From Java 22 on there is a console in any case, which knows whether it is a terminal. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method isTerminal = Console.class.getMethod("isTerminal");
            return (Boolean) isTerminal.invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
