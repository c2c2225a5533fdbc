import ArgumentParser
import Foundation
import Library

struct Recommend: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Songs for a listener, or for several together.",
        discussion:
            """
            Never songs they have played already, unless --include-played; --new: only songs nobody has played. For several
            listeners a song counts by what they like of it on average, each with the same weight.
            """
    )

    @Argument(help: "The listener's name; of several, songs for all of them together.")
    var listeners: [String]

    @Option(name: .shortAndLong, help: "How many songs.")
    var n: Int = 20

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
    }

    func run() throws {
        let request = try selection.request(count: n)
        let list = try Recommender(options.open()).recommend(listeners, request)
        try options.output.print(list) {
            list.isEmpty
                ? "nothing to recommend"
                    + (request.onlyNew ? ": every song has been played" : "")
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
