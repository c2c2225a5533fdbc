import ArgumentParser
import Foundation
import Library

/// What goes to standard error, and how the process ends.
enum Terminal {
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    static var hasColours: Bool {
        isatty(STDOUT_FILENO) == 1
            && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }

    static func bold(_ text: String) -> String { hasColours ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    static func dim(_ text: String) -> String { hasColours ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Errors of the libraries; help and wrong usage are told by ArgumentParser.
    static func isOwn(_ error: any Error) -> Bool {
        !(error is ExitCode) && Coldwave.exitCode(for: error) == .failure
    }

    /// Tells the error and ends: 130 after an interruption, else 1.
    static func fail(_ error: any Error) -> Never {
        if case LibraryError.interrupted = error {
            say("coldwave: \(error)")
            Foundation.exit(130)
        }
        let text = String(describing: error)
        say("coldwave: \(text)")
        Foundation.exit(1)
    }
}
