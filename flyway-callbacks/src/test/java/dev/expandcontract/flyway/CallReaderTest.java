package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.operation.AddCheck;
import dev.expandcontract.operation.CreateIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallReaderTest {
    @Test
    void readsEveryKindOfArgument() {
        CreateIndex index = (CreateIndex) CallReader.read(new Words("""
                call online.create_index ( table_name => 'shop."Orders"' /* the table */, -- and
                    Column_Names => ARRAY['a', 'b'], is_unique => TRUE, predicate => $p$a <> 'it''s' AND $$x$$ = b$p$,
                    storage => E'fillfactor\\x3d70', include => NULL)"""));
        assertThat(index.tableName().sql()).isEqualTo("shop.\"Orders\"");
        assertThat(index.columnNames()).map(Object::toString).containsExactly("a", "b");
        assertThat(index.isUnique()).isTrue();
        assertThat(String.valueOf(index.predicate())).isEqualTo("a <> 'it''s' AND $$x$$ = b");
        assertThat(String.valueOf(index.storage())).isEqualTo("[fillfactor=70]");
        assertThat(index.include()).isNull();
    }

    @Test
    void unescapesDoubledQuotes() {
        AddCheck check = (AddCheck) CallReader.read(new Words(
                "CALL online.add_check(table_name => 't', condition => 'a = ''b''', constraint_name => '\"c\"')"));
        assertThat(check.condition().text()).isEqualTo("a = 'b'");
        assertThat(check.constraintName().value()).isEqualTo("c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CALL online.| expected the name of an operation after CALL online. but found the end of the statement",
                "CALL online.drop_index| expected ( but found the end of the statement",
                "CALL online.drop_index()| attribute indexName is missing",
                "CALL online.drop_index('a')| expected name => value but found 'a'",
                "CALL online.drop_index(index_name 'a')| expected name => value but found index_name 'a'",
                "CALL online.drop_index(index_name => a)| expected a value ('text', a number",
                "CALL online.drop_index(index_name => 'a' 'b')| expected ) but found 'b'",
                "CALL online.drop_index(index_name => 'a') x| expected the end of the statement but found x",
                "CALL online.drop_index(index_name => 'a', index_name => 'b')| index_name is given twice",
                "CALL online.drop_index(index_name => 'a)| a quote or comment that is not closed: 'a)",
                "CALL online.drop_index(index_name => $a$x)| a quote or comment that is not closed: $a$x)",
                "CALL online.drop_index(index_name => 'a' /* )| a quote or comment that is not closed: /* )",
                "CALL online.drop_index(index_name => ARRAY['a'])| found a list",
                "CALL online.dropIndex(index_name => 'a')| did you mean drop_index?",
            })
    void saysWhatIsWrong(String call, String message) {
        assertThat(catchThrowableOfType(InvalidOperation.class, () -> CallReader.read(new Words(call))))
                .hasMessageContaining(message);
    }
}
