package dev.expandcontract.liquibase;

import liquibase.change.custom.CustomSqlChange;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawSqlStatement;

/** A change of a user's own, whose SQL nobody may ask for before it runs. */
public final class NotesLockTimeout implements CustomSqlChange {
    @Override
    @SuppressWarnings("deprecation") // its successor is another in every version
    public SqlStatement[] generateStatements(Database database) {
        return new SqlStatement[] {new RawSqlStatement("INSERT INTO seen VALUES (current_setting('lock_timeout'))")};
    }

    @Override
    public String getConfirmationMessage() {
        return "noted";
    }

    @Override
    public void setUp() {}

    @Override
    public void setFileOpener(ResourceAccessor resources) {}

    @Override
    public ValidationErrors validate(Database database) {
        return new ValidationErrors();
    }
}
