import ArgumentParser
import Library

struct Neighbors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Songs by who plays what: what similar listeners play, or what a song's listeners also play.",
        discussion: """
            User-based and item-based collaborative filtering, without factors or sound. Songs outside the library stand
            under the name their listening file gives them, their ids below zero.
            """)

    @Option(help: "Songs that the listeners most like this one play.")
    var listener: String?

    @Option(
        help:
            "Songs that the listeners of this one also play: an id, a path, a recording MBID, \"Artist - Title\"."
    )
    var track: String?

    @Option(name: .shortAndLong, help: "How many songs.")
    var n: Int = 20

    @Flag(help: "With --listener: also songs they have played.")
    var includePlayed = false

    @OptionGroup var neighbors: NeighborOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard (listener == nil) != (track == nil) else {
            throw ValidationError("give either --listener or --track.")
        }
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
    }

    func run() throws {
        let model = try PlayNeighbors(options.open(), configuration: neighbors.configuration)
        let list =
            if let listener {
                try model.songs(for: listener, count: n, includePlayed: includePlayed)
            } else {
                try model.songs(like: track ?? "", count: n)
            }
        try options.output.print(list) {
            list.isEmpty ? "nobody plays anything in common" : SuggestionTable.text(list)
        }
    }
}
