import Foundation

/// What the process was started with.
enum ProcessArguments {
    /// The program's name first. Where Swift's runtime is linked statically it looks for the arguments beside the environment, and finds none
    /// once a library has set a variable while it was loaded, as libtorch does; Linux knows them too.
    static var all: [String] {
        let known = CommandLine.arguments
        guard known.isEmpty,
            let line = FileManager.default.contents(atPath: "/proc/self/cmdline")
        else { return known }
        // Each ends with a zero, so that the last part is empty and none; the others may be empty arguments.
        return line.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
