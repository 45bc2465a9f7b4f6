package dev.expandcontract.run;

import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells two operations apart, whatever the order or spelling in which their attributes were written. */
final class Fingerprint {
    private Fingerprint() {}

    /** 64 hexadecimal digits. */
    static String of(Operation operation) {
        OperationType type = OperationType.of(operation.getClass());
        StringBuilder text = new StringBuilder(type.name());
        type.values(operation)
                .forEach((name, value) -> text.append('\n')
                        .append(name)
                        .append('=')
                        .append(value.length())
                        .append(':')
                        .append(value));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
