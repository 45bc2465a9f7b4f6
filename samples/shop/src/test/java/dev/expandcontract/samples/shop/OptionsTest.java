package dev.expandcontract.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.samples.shop.Options.WrongArguments;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void millionOrdersWithoutArguments() {
        assertThat(Options.of()).isEqualTo(new Options(1_000_000, false, false));
    }

    @Test
    void readsEveryArgument() {
        assertThat(Options.of("--compare", "--orders", "50_000", "--help")).isEqualTo(new Options(50_000, true, true));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> Options.of("--compair"))
                .isInstanceOf(WrongArguments.class)
                .hasMessageContaining("--compair");
        assertThatThrownBy(() -> Options.of("--orders")).isInstanceOf(WrongArguments.class);
        assertThatThrownBy(() -> Options.of("--orders", "many")).isInstanceOf(WrongArguments.class);
        assertThatThrownBy(() -> Options.of("--orders", "10")).isInstanceOf(WrongArguments.class);
    }
}
