package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.internal.license.VersionPrinter;
import org.junit.jupiter.api.Test;

class FlywayVersionIT {
    /** Without this, a leg over another version could run on the one that we compile against. */
    @Test
    void isTheOneThatTheBuildAskedFor() {
        assertThat(VersionPrinter.getVersion()).isEqualTo(System.getProperty("flyway.version"));
        assertThat(Flyway.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .contains(System.getProperty("flyway.version"));
    }
}
