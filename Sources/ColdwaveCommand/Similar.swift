import ArgumentParser
import Foundation
import Library

struct Similar: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The nearest songs to a song, or to several together.",
        discussion: """
            An audio file outside the library is heard on the spot. Songs that are asked about are not in the answer: with --artist,
            it is songs by others.
            """)

    @Argument(help: "Ids, paths, recording MBIDs, \"Artist - Title\", or audio files.")
    var tracks: [String] = []

    @OptionGroup var seeds: SeedOptions

    @Option(help: "What this listener played last.")
    var listener: String?

    @Option(help: "With --listener: so many songs.")
    var last = 20

    @Option(name: .shortAndLong, help: "How many songs.")
    var n: Int = 20

    @Option(help: "Songs by one artist; 0 for any number.")
    var maxPerArtist = 0

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
        guard last >= 1 else { throw ValidationError("--last must be at least 1.") }
        guard maxPerArtist >= 0 else {
            throw ValidationError("--max-per-artist must not be negative.")
        }
        guard !tracks.isEmpty || seeds.artist != nil || seeds.album != nil || listener != nil else {
            throw ValidationError(
                "Give TRACK…, --artist A, --album A or --listener L to be similar to.")
        }
    }

    func run() throws {
        let recommender = try Recommender(options.open())
        var all = try seeds.seeds(recommender, tracks: tracks)
        if let listener { all.append(try recommender.seeds(lastOf: listener, count: last)) }
        guard let chosen = all.joined else { return }
        let list = try recommender.similar(to: chosen, count: n, maxPerArtist: maxPerArtist)
        try options.output.print(list) { SuggestionTable.text(list) }
    }
}
