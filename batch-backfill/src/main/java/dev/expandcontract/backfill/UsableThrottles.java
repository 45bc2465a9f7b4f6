package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Target;
import dev.expandcontract.backfill.throttle.Throttle;
import dev.expandcontract.backfill.throttle.Throttles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The throttles of a run: those that were asked for, and by default some more.
 *
 * @param problems of those that were asked for
 * @param warnings of default ones, which are left out, and of what the others let pass
 */
record UsableThrottles(List<Throttle> all, List<String> problems, List<String> warnings) {
    static final UsableThrottles NONE = new UsableThrottles(List.of(), List.of(), List.of());

    UsableThrottles {
        all = List.copyOf(all);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    static UsableThrottles of(Connection connection, BackfillOptions options, Target target) throws SQLException {
        List<Throttle> asked = options.throttles();
        List<Throttle> all = new ArrayList<>(asked);
        all.addAll(options.isWithDefaultThrottles() ? Throttles.defaultsBeside(asked) : List.of());
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Map.Entry<Throttle, String> hindrance :
                Throttles.hindrances(connection, all, target).entrySet()) {
            if (asked.contains(hindrance.getKey())) {
                problems.add(hindrance.getValue());
            } else {
                warnings.add("left out: " + hindrance.getValue());
                all.remove(hindrance.getKey());
            }
        }
        warnings.addAll(Throttles.cautions(connection, all, target));
        return new UsableThrottles(all, problems, warnings);
    }
}
