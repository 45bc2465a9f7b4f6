package dev.expandcontract.flyway;

import dev.expandcontract.operation.CreateIndex;
import dev.expandcontract.operation.DropIndex;
import dev.expandcontract.operation.StorageParameter;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code CREATE INDEX CONCURRENTLY} and {@code DROP INDEX CONCURRENTLY} as the operations they are. */
final class ConcurrentIndexReader {
    /** The statement is not of the form that we know: it is left to PostgreSQL as it is. */
    private static final class Unknown extends RuntimeException {}

    private final Words words;
    private final int line;
    private final String sql;

    private ConcurrentIndexReader(Words words, int line, String sql) {
        this.words = words;
        this.line = line;
        this.sql = sql;
    }

    static boolean isConcurrentIndex(Words words) {
        return words.isNext("CREATE", "INDEX", "CONCURRENTLY")
                || words.isNext("CREATE", "UNIQUE", "INDEX", "CONCURRENTLY")
                || words.isNext("DROP", "INDEX", "CONCURRENTLY");
    }

    static Part read(Words words, int line, String sql) {
        try {
            ConcurrentIndexReader reader = new ConcurrentIndexReader(words, line, sql);
            return words.skip("DROP") ? reader.drop() : reader.create();
        } catch (Unknown | IllegalArgumentException e) {
            return new Part.Alone(line, sql, true);
        }
    }

    private Part drop() {
        words.skip("INDEX", "CONCURRENTLY");
        boolean ifExists = words.skip("IF", "EXISTS");
        QualifiedName index = QualifiedName.parse(known(words.takeQualifiedName()));
        words.skip("RESTRICT");
        atEnd();
        return new Part.ConcurrentIndex(line, new DropIndex(index), ifExists, null, sql);
    }

    private Part create() {
        words.skip("CREATE");
        boolean unique = words.skip("UNIQUE");
        words.skip("INDEX", "CONCURRENTLY");
        boolean unlessThere = words.skip("IF", "NOT", "EXISTS");
        Token written = words.isNext("ON") ? null : known(words.takeName());
        known(words.skip("ON") ? "ON" : null);
        words.skip("ONLY");
        QualifiedName table = QualifiedName.parse(known(words.takeQualifiedName()));
        String unnamed = written == null ? words.rest() : null;
        Identifier method = words.skip("USING") ? identifier(words.takeName()) : null;
        List<String> elements = SqlText.splitAtCommas(known(words.takeParenthesised()));
        boolean areColumns = elements.stream().allMatch(ConcurrentIndexReader::isColumn);
        List<Identifier> include = words.skip("INCLUDE") ? list(Identifier::parse) : null;
        Boolean nullsNotDistinct = words.skip("NULLS", "NOT", "DISTINCT") ? true : null;
        words.skip("NULLS", "DISTINCT");
        List<StorageParameter> storage = words.skip("WITH") ? list(StorageParameter::parse) : null;
        Identifier tablespace = words.skip("TABLESPACE") ? identifier(words.takeName()) : null;
        SqlExpression predicate = words.skip("WHERE") ? new SqlExpression(words.takeRest()) : null;
        atEnd();
        CreateIndex operation = new CreateIndex(
                table,
                areColumns ? elements.stream().map(Identifier::parse).toList() : null,
                areColumns ? null : elements.stream().map(SqlExpression::new).toList(),
                written == null ? null : identifier(written),
                unique ? true : null,
                method,
                include,
                predicate,
                storage,
                tablespace,
                nullsNotDistinct);
        return new Part.ConcurrentIndex(line, operation, unlessThere, unnamed, sql);
    }

    private static boolean isColumn(String element) {
        List<Token> tokens = Lexer.tokens(element);
        return tokens.size() == 1 && tokens.get(0).isName();
    }

    private <T> List<T> list(Function<String, T> parser) {
        return SqlText.splitAtCommas(known(words.takeParenthesised())).stream()
                .map(parser)
                .toList();
    }

    private static Identifier identifier(@Nullable Token token) {
        return new Identifier(known(token).name());
    }

    private void atEnd() {
        known(words.isAtEnd() ? "end" : null);
    }

    private static <T> T known(@Nullable T found) {
        if (found == null) {
            throw new Unknown();
        }
        return found;
    }
}
