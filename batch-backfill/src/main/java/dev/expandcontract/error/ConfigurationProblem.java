package dev.expandcontract.error;

import org.jspecify.annotations.Nullable;

/** A setting, a connection or the host's set-up that we can't work with. Nothing was executed. */
public final class ConfigurationProblem extends ExpandContractException {
    public ConfigurationProblem(String message) {
        this(message, null);
    }

    public ConfigurationProblem(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
