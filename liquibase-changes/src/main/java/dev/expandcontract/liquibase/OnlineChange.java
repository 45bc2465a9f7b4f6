package dev.expandcontract.liquibase;

import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.change.AbstractChange;
import liquibase.change.ChangeMetaData;
import liquibase.change.ChangeParameterMetaData;
import liquibase.change.ChangeStatus;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.exception.RollbackImpossibleException;
import liquibase.exception.ValidationErrors;
import liquibase.exception.Warnings;
import liquibase.parser.core.ParsedNode;
import liquibase.resource.ResourceAccessor;
import liquibase.statement.SqlStatement;
import liquibase.structure.DatabaseObject;

/**
 * An operation as a Liquibase change. Everything is derived from the operation's record; Liquibase wants one class for
 * each all the same, because it keeps what it knows about changes by class.
 *
 * <p>Liquibase asks for the statements many times, most of them for its log: they only say what to do, see
 * {@link OnlineStatement}.
 */
public abstract class OnlineChange extends AbstractChange {
    /** The namespace of the changes in XML; the schema is at the same place, with {@code .xsd}. */
    public static final String NAMESPACE = "https://expandcontract.dev/schema/online";

    private final OperationType type;
    private final GivenAttributes attributes;

    OnlineChange(Class<? extends Operation> operation) {
        type = OperationType.of(operation);
        attributes = new GivenAttributes(type);
    }

    /** {@code onlineCreateIndex}. */
    public final String name() {
        String name = type.name();
        return "online" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    final GivenAttributes attributes() {
        return attributes;
    }

    /** @throws InvalidOperation with every mistake in its attributes */
    final Operation operation() {
        try {
            return attributes.operation();
        } catch (InvalidOperation e) {
            throw e.at(name());
        }
    }

    @Override
    public ChangeMetaData createChangeMetaData() {
        Set<ChangeParameterMetaData> parameters = type.attributes().stream()
                .map(attribute -> new OnlineParameter(this, attribute))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return new ChangeMetaData(name(), type.description(), ChangeMetaData.PRIORITY_DEFAULT, null, null, parameters);
    }

    @Override
    public void load(ParsedNode node, ResourceAccessor resources) {
        attributes.read(node);
    }

    @Override
    public boolean supports(Database database) {
        return database instanceof PostgresDatabase;
    }

    @Override
    public Warnings warn(Database database) {
        return new Warnings();
    }

    @Override
    public ValidationErrors validate(Database database) {
        return new ChangeSetRules(this, database).check();
    }

    @Override
    public boolean generateStatementsVolatile(Database database) {
        return false;
    }

    @Override
    public boolean generateRollbackStatementsVolatile(Database database) {
        return false;
    }

    @Override
    public SqlStatement[] generateStatements(Database database) {
        return shouldExecuteChange(database)
                ? new SqlStatement[] {OnlineStatement.run(this, database)}
                : SqlOutput.of(database).statements(operation());
    }

    @Override
    public boolean supportsRollback(Database database) {
        return whyNotUndoable().isEmpty();
    }

    @Override
    public SqlStatement[] generateRollbackStatements(Database database) throws RollbackImpossibleException {
        String reason = whyNotUndoable();
        if (!reason.isEmpty()) {
            throw new RollbackImpossibleException(reason);
        }
        return shouldExecuteChange(database)
                ? new SqlStatement[] {OnlineStatement.undo(this, database)}
                : SqlOutput.of(database).undo(operation());
    }

    /** Found without a database: whether there is an inverse doesn't depend on what exists. */
    private String whyNotUndoable() {
        try {
            return SqlOutput.isUndoable(operation())
                    ? ""
                    : name() + " of " + getChangeSet()
                            + " can't be rolled back by itself: what was there before is not known from the change."
                            + " Write a rollback block in the changeSet, empty if nothing has to be taken back.";
        } catch (ExpandContractException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public ChangeStatus checkStatus(Database database) {
        return new ChangeStatus().unknown("Run it: what is done already is skipped");
    }

    @Override
    public Set<DatabaseObject> getAffectedDatabaseObjects(Database database) {
        return Set.of();
    }

    @Override
    public String getConfirmationMessage() {
        return name() + " done";
    }

    @Override
    public String getSerializedObjectNamespace() {
        return NAMESPACE;
    }
}
