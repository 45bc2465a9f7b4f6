package dev.expandcontract.testing;

/** Asks for the server twice, in a JVM of its own. */
final class ServerProbe {
    private ServerProbe() {}

    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) {
            try {
                PostgresServer.running();
            } catch (IllegalStateException e) {
                System.out.println("failed: " + e.getMessage());
            }
        }
        if (args.length > 0) {
            try (var database = TestDatabase.fresh()) {
                System.out.println("data " + database.<String>value("SHOW data_directory"));
            }
        }
    }
}
