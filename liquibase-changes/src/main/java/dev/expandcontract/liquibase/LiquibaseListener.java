package dev.expandcontract.liquibase;

import dev.expandcontract.run.RunListener;
import java.util.function.Consumer;
import liquibase.Scope;
import liquibase.logging.Logger;
import liquibase.ui.LoggerUIService;
import liquibase.ui.UIService;

/**
 * Tells Liquibase's log, and also whoever sits at the console: the command line logs nothing unless asked to, and a long
 * silence looks like a hang.
 */
final class LiquibaseListener {
    private LiquibaseListener() {}

    static RunListener create() {
        Logger log = Scope.getCurrentScope().getLog(LiquibaseListener.class);
        UIService ui = Scope.getCurrentScope().getUI();
        return ui instanceof LoggerUIService
                ? RunListener.writingTo(log::info, log::warning, log::fine)
                : RunListener.writingTo(
                        both(log::info, ui::sendMessage), both(log::warning, ui::sendMessage), log::fine);
    }

    private static Consumer<String> both(Consumer<String> log, Consumer<String> console) {
        return log.andThen(console);
    }
}
