import ArgumentParser
import Foundation
import Library
import Matrices

/// What every command takes.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON document on standard output.")
    var json = false

    @Flag(name: [.customShort("q"), .long], help: "No progress.")
    var quiet = false

    @Flag(name: [.customShort("v"), .long], help: "Say more.")
    var verbose = false

    /// Prints the report as JSON, or what `text` gives.
    func print(_ report: some Encodable, text: () -> String) throws {
        if json {
            Swift.print(String(decoding: try Self.encoded(report), as: UTF8.self))
        } else {
            Swift.print(text())
        }
    }

    static func encoded(_ report: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(report)
    }
}

/// What every command that works on a library takes.
struct LibraryOptions: ParsableArguments {
    @Option(
        name: .long,
        help:
            "The library's folder (default: $COLDWAVE_LIBRARY, else coldwave in the user's data folder)."
    )
    var library: String?

    @Option(name: .long, help: "Threads to use (default: all cores).")
    var threads: Int = Parallel.defaultThreads

    @OptionGroup var output: OutputOptions

    var location: LibraryLocation { .resolve(library) }

    func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads must be at least 1.") }
    }

    /// Opens the library for reading.
    func open() throws -> Catalogue { try Catalogue(location) }

    /// Opens the library for writing and runs `work` with progress and Ctrl-C handled.
    func write<T>(
        _ purpose: String, create: Bool = false, _ work: (Catalogue, StageContext) throws -> T
    ) throws -> T {
        let catalogue = try Catalogue(location, create: create)
        let lock = try WriterLock(location, purpose: purpose)
        let display = ProgressDisplay(isQuiet: output.quiet)
        defer { display.finish() }
        return try withExtendedLifetime(lock) { try work(catalogue, context(display)) }
    }

    func context(_ display: ProgressDisplay) -> StageContext {
        LibraryProgress.context(display, threads: threads)
    }
}

/// Progress and Ctrl-C for commands without a library.
enum LibraryProgress {
    static func context(_ display: ProgressDisplay, threads: Int) -> StageContext {
        Interruption.install()
        return StageContext(
            threads: threads, hearing: Workers.pool(), report: { display.update($0) },
            shouldStop: { Interruption.isRequested })
    }
}
