package dev.expandcontract.error;

/**
 * One thing that is wrong with what somebody wrote.
 *
 * @param location where it stands ({@code file:line}, or the operation's name); empty where there is no such place
 */
public record Problem(String location, String message) {
    public static Problem of(String message) {
        return new Problem("", message);
    }

    /** The same problem, at this place. */
    public Problem at(String place) {
        return new Problem(place, message);
    }

    @Override
    public String toString() {
        return location.isEmpty() ? message : location + ": " + message;
    }
}
