import ArgumentParser
import AudioFeatures
import Foundation

/// This program as its own worker: files are decoded in processes that may crash.
enum Workers {
    static func pool() -> HearingPool? {
        Bundle.main.executablePath.map { HearingPool(executable: $0, arguments: ["hear-worker"]) }
    }

    struct Hear: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hear-worker",
            abstract: "Decode files for a scan (started by other commands).", shouldDisplay: false)

        @Argument(help: "Seconds a file may take.")
        var seconds: Int

        @Argument(help: "Bytes of memory it may take.")
        var memory: Int

        func run() throws { try HearingWorker.serve(seconds: seconds, memory: memory) }
    }
}
