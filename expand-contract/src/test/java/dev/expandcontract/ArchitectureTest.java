package dev.expandcontract;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Keeps each room to itself: values know nothing of execution, and nothing here knows a host. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("migration-testing"))
            .importPackages("dev.expandcontract");

    @Test
    void theCoreNamesNoHost() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.flywaydb..", "liquibase..", "org.springframework..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void plansAreDataAndOperationsOnlyPlan() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.expandcontract.plan", "dev.expandcontract.operation", "dev.expandcontract.catalog")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.expandcontract.run", "dev.expandcontract.settings")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("dev.expandcontract.plan", "dev.expandcontract.operation")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql", "javax.sql")
                .check(CLASSES);
    }

    @Test
    void theBackfillEngineKnowsNothingOfOperations() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.expandcontract.backfill", "dev.expandcontract.sql", "dev.expandcontract.error")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.expandcontract.operation",
                        "dev.expandcontract.plan",
                        "dev.expandcontract.catalog",
                        "dev.expandcontract.run",
                        "dev.expandcontract.settings")
                .check(CLASSES);
    }

    @Test
    void onlyOneListenerLogs() {
        noClasses()
                .that()
                .haveNameNotMatching(".*LoggingBackfillListener")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void operationsAreRecords() {
        classes()
                .that()
                .implement("dev.expandcontract.operation.Operation")
                .should()
                .beRecords()
                .check(CLASSES);
    }
}
