package dev.expandcontract.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where, and of what, the figures are. */
record Machine(
        int cores,
        String processor,
        long memoryBytes,
        String system,
        String fileSystem,
        String java,
        long javaHeapBytes,
        String commit) {
    static Machine here(Path data) throws IOException {
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                processorModel(),
                memory,
                "%s %s %s".formatted(property("os.name"), property("os.version"), property("os.arch")),
                Files.getFileStore(data).type(),
                property("java.runtime.version"),
                Runtime.getRuntime().maxMemory(),
                System.getProperty("benchmarks.commit", "unknown"));
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    private static String processorModel() throws IOException {
        Path facts = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(facts)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(facts)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }
}
