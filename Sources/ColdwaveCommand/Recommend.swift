import ArgumentParser
import Foundation
import Library

struct Recommend: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Songs for a listener.",
        discussion:
            "Never songs they have played already, unless --include-played; --new: only songs nobody has played."
    )

    @Argument(help: "The listener's name.")
    var listener: String

    @Option(name: .shortAndLong, help: "How many songs.")
    var n: Int = 20

    @Flag(name: .customLong("new"), help: "Only songs without a single play.")
    var onlyNew = false

    @Flag(help: "Also songs they have played.")
    var includePlayed = false

    @Flag(help: "Also intros, skits and the like.")
    var includeInterludes = false

    @Option(help: "Songs by one artist; 0 for any number.")
    var maxPerArtist = 2

    @Option(help: "From 0 (what fits) to 1 (what is little known).")
    var discovery: Float = 0

    @Option(help: "An artist or genre to leave out; may be given several times.")
    var exclude: [String] = []

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
        guard maxPerArtist >= 0 else {
            throw ValidationError("--max-per-artist must not be negative.")
        }
        guard (0...1).contains(discovery) else { throw ValidationError("--discovery must be 0…1.") }
    }

    func run() throws {
        var request = RecommendationRequest()
        request.count = n
        request.onlyNew = onlyNew
        request.includePlayed = includePlayed
        request.includeInterludes = includeInterludes
        request.maxPerArtist = maxPerArtist
        request.discovery = discovery
        request.exclude = exclude
        let list = try Recommender(options.open()).recommend(listener, request)
        try options.output.print(list) {
            list.isEmpty
                ? "nothing to recommend" + (onlyNew ? ": every song has been played" : "")
                : SuggestionTable.text(list)
        }
    }
}

/// A list of songs as text.
enum SuggestionTable {
    static func text(_ list: [Suggestion], indent: String = "") -> String {
        let artist = min(26, list.map(\.track.artist.count).max() ?? 0)
        let title = min(40, list.map(\.track.title.count).max() ?? 0)
        return list.map { item in
            indent + String(format: "%3d  %6.3f  ", item.rank, item.score)
                + item.track.artist.padded(artist) + "  "
                + Terminal.bold(item.track.title.padded(title)) + "  "
                + Terminal.dim(item.because.joined(separator: "; "))
        }.joined(separator: "\n")
    }
}

struct Similar: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The nearest songs to a song.",
        discussion: "An audio file outside the library is heard on the spot.")

    @Argument(help: "An id, path, recording MBID, \"Artist - Title\", or an audio file.")
    var track: String

    @Option(name: .shortAndLong, help: "How many songs.")
    var n: Int = 20

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
    }

    func run() throws {
        let catalogue = try options.open()
        let recommender = try Recommender(catalogue)
        let list: [Suggestion]
        do {
            list = recommender.similar(to: try catalogue.track(track), count: n)
        } catch let error as LibraryError {
            guard case .unknownTrack = error, FileManager.default.fileExists(atPath: track) else {
                throw error
            }
            list = try recommender.similar(
                toFile: track, count: n, hearing: Workers.pool())
        }
        try options.output.print(list) { SuggestionTable.text(list) }
    }
}
