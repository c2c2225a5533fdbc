import ArgumentParser
import Foundation
import ListeningHistory
import Matrices

struct LabRead: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read listener, song, count rows into a matrix, and time it."
    )

    @Argument(help: "listener<TAB>song<TAB>count, plain, .gz or .zst.", completion: .file())
    var triplets: String
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        let started = Date()
        let data = try Interactions(
            triplets: URL(fileURLWithPath: triplets), threads: threads)
        struct Report: Encodable {
            let listeners: Int
            let songs: Int
            let interactions: Int
            let rejectedCount: Int
            let readSeconds: Double
        }
        let report = Report(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: data.matrix.count, rejectedCount: data.rejectedCount,
            readSeconds: Date().timeIntervalSince(started))
        for rejection in data.rejected.prefix(10) {
            Terminal.say("line \(rejection.line): \(rejection.reason)")
        }
        try output.print(report) {
            "\(report.listeners) × \(report.songs), \(report.interactions) pairs, "
                + String(format: "read in %.2f s", report.readSeconds)
        }
    }
}
