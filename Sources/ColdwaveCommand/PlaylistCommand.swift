import ArgumentParser
import Foundation
import Library
import Matrices
import Recommendation

extension PlaylistFormat: ExpressibleByArgument {}
extension PlaylistPaths: ExpressibleByArgument {}

struct PlaylistCommand: ParsableCommand, ComputesWithTorch {
    static let configuration = CommandConfiguration(
        commandName: "playlist", abstract: "A playlist file that other players open.",
        discussion: """
            For a listener (--listener, with --daily or --weekly), like some songs and unlike others, a path from one song to
            another, or with --radio a programme that starts there and wanders, as long as you like; or from
            the moments that excite a unit of the network (--filter). Lists for a listener say why each song is there: as comments in
            M3U8, as annotations in XSPF and JSPF, and in --json.
            """)

    @Option(help: "For this listener.")
    var listener: String?

    @Flag(help: "With --listener: today's mix of what they know and what they don't.")
    var daily = false

    @Flag(help: "With --listener: this week's discoveries.")
    var weekly = false

    @Option(
        help: ArgumentHelp(
            "With --daily or --weekly: the list of that day, or of its week (default: today).",
            valueName: "YYYY-MM-DD"))
    var date: PlaylistDate?

    @Option(parsing: .upToNextOption, help: "Songs like these.")
    var like: [String] = []

    @Option(parsing: .upToNextOption, help: "With --like, --artist or --album: but not like these.")
    var unlike: [String] = []

    @OptionGroup var seeds: SeedOptions

    @Flag(help: "Start there and wander; never a song twice.")
    var radio = false

    @Option(help: "A path that starts with this song …")
    var from: String?

    @Option(help: "… and ends with this one.")
    var to: String?

    @Option(
        help: ArgumentHelp(
            "The songs that excite a unit of the network most, from that moment on (`coldwave filters` shows them).",
            valueName: "layer/unit"))
    var filter: String?

    @Option(
        name: .shortAndLong, help: "How many songs (with --filter at most \(FilterStage.kept)).")
    var n: Int = 20

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var file: PlaylistOptions
    @OptionGroup var options: LibraryOptions

    var hasSeeds: Bool { !like.isEmpty || seeds.artist != nil || seeds.album != nil }

    func validate() throws {
        let kinds = [listener != nil, hasSeeds, from != nil || to != nil, filter != nil].count {
            $0
        }
        guard kinds == 1, (from == nil) == (to == nil) else {
            throw ValidationError(
                "Give one of --listener L, --like TRACK… (or --artist, --album), --from A --to B, or --filter LAYER/UNIT."
            )
        }
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
        guard unlike.isEmpty || hasSeeds else {
            throw ValidationError("--unlike needs --like TRACK…, --artist or --album.")
        }
        let isPlainList = listener != nil && !radio && !daily && !weekly
        guard isPlainList || !selection.isForListeners else {
            throw ValidationError(
                "--new, --include-played, --discovery, --seasonal and --exclude go with --listener alone."
            )
        }
        guard !radio || from == nil else {
            throw ValidationError("--radio starts from --like, --artist, --album or --listener.")
        }
        guard !(daily || weekly) || listener != nil,
            [daily, weekly, radio].count(where: { $0 }) < 2
        else { throw ValidationError("--daily and --weekly go with --listener, one at a time.") }
        guard date == nil || daily || weekly else {
            throw ValidationError("--date goes with --daily or --weekly; other lists take --seed.")
        }
    }

    func run() throws {
        let catalogue = try options.open()
        let choice = try choice(catalogue)
        let tracks = choice.tracks
        guard !tracks.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "make this playlist", reason: "no song fits",
                next: "Try without --new, or scan more music.")
        }
        let written = try file.write(
            tracks, from: choice.starts, reasons: choice.suggestions?.map(\.because),
            title: choice.title)
        struct Report: Encodable {
            let title: String
            let format: String
            let file: String?
            let tracks: [Int64]
            /// Why each is there; only of lists for a listener.
            let because: [[String]]?
            /// Mean cosine between neighbours, as written and before songs were put in order.
            let flow: Double?
            let flowUnordered: Double?
            let playlist: String?
        }
        let report = Report(
            title: choice.title, format: written.format.rawValue, file: written.file?.path,
            tracks: tracks.map { $0.id ?? 0 }, because: choice.suggestions?.map(\.because),
            flow: choice.flow,
            flowUnordered: choice.flowUnordered,
            playlist: written.file == nil ? written.text : nil)
        try options.output.print(report) {
            guard let file = written.file else {
                return written.text.trimmingCharacters(in: .newlines)
            }
            let list = choice.suggestions.map { SuggestionTable.text($0) }
            return (["\(tracks.count) songs → \(file.path)"] + [list].compactMap { $0 })
                .joined(separator: "\n")
        }
    }
}
