package dev.expandcontract.flyway;

import dev.expandcontract.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.configuration.Configuration;

/** Puts our callbacks, and what they need, into a configuration; a copied one comes with the callbacks of another. */
final class Installation {
    private Installation() {}

    /** Again, it does nothing. */
    static void into(ClassicConfiguration configuration) {
        if (callback(configuration).isPresent()) {
            return;
        }
        Optional<OnlineCallback> inherited = callbacks(configuration).findFirst();
        boolean isMixedByUser = inherited.map(OnlineCallback::isMixedByUser).orElseGet(configuration::isMixed);
        Settings settings = FlywaySettings.read(configuration);
        if (settings.isEnabled()) {
            OnlineCallback own = new OnlineCallback(configuration, settings, isMixedByUser);
            setCallbacks(configuration, List.of(own.skippedStatements()), List.of(own));
            if (!configuration.isGroup()) {
                SessionLock.choose(configuration);
                configuration.setMixed(isMixedByUser || DataSources.isPostgreSql(configuration));
            }
        } else if (inherited.isPresent()) {
            setCallbacks(configuration, List.of(), List.of());
            configuration.setMixed(isMixedByUser);
        }
    }

    static Optional<OnlineCallback> callback(Configuration configuration) {
        return callbacks(configuration)
                .filter(callback -> callback.belongsTo(configuration))
                .findFirst();
    }

    private static Stream<OnlineCallback> callbacks(Configuration configuration) {
        return Arrays.stream(configuration.getCallbacks())
                .filter(OnlineCallback.class::isInstance)
                .map(OnlineCallback.class::cast);
    }

    private static void setCallbacks(ClassicConfiguration configuration, List<Callback> first, List<Callback> last) {
        Stream<Callback> others = Arrays.stream(configuration.getCallbacks())
                .filter(callback -> !(callback instanceof OnlineCallback || callback instanceof SkippedStatements));
        configuration.setCallbacks(Stream.of(first.stream(), others, last.stream())
                .flatMap(callbacks -> callbacks)
                .toArray(Callback[]::new));
    }
}
