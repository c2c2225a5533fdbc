import ArgumentParser
import Foundation
import Library
import Matrices
import Recommendation

extension PlaylistFormat: ExpressibleByArgument {}

struct PlaylistCommand: ParsableCommand, ComputesWithTorch {
    static let configuration = CommandConfiguration(
        commandName: "playlist", abstract: "A playlist file that other players open.",
        discussion: """
            For a listener (--listener, with --daily or --weekly), like some songs and unlike others, a path from one song to
            another, or with --radio a programme that starts there and wanders, as long as you like; or from
            the moments that excite a unit of the network (--filter).
            """)

    @Option(help: "For this listener.")
    var listener: String?

    @Flag(help: "With --listener: today's mix of what they know and what they don't.")
    var daily = false

    @Flag(help: "With --listener: this week's discoveries.")
    var weekly = false

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
    }

    func run() throws {
        let catalogue = try options.open()
        let choice = try filter.map { try moments(of: $0, catalogue) } ?? songs(catalogue)
        let tracks = choice.tracks
        guard !tracks.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "make this playlist", reason: "no song fits",
                next: "Try without --new, or scan more music.")
        }
        let written = try file.write(tracks, from: choice.starts, title: choice.title)
        struct Report: Encodable {
            let title: String
            let format: String
            let file: String?
            let tracks: [Int64]
            /// Mean cosine between neighbours, as written and before songs were put in order.
            let flow: Double?
            let flowUnordered: Double?
            let playlist: String?
        }
        let report = Report(
            title: choice.title, format: written.format.rawValue, file: written.file?.path,
            tracks: tracks.map { $0.id ?? 0 }, flow: choice.flow,
            flowUnordered: choice.flowUnordered,
            playlist: written.file == nil ? written.text : nil)
        try options.output.print(report) {
            written.file.map { "\(tracks.count) songs → \($0.path)" }
                ?? written.text.trimmingCharacters(in: .newlines)
        }
    }

    private struct Choice {
        let title: String
        let tracks: [Track]
        /// Seconds where each starts; nil for every song's beginning.
        var starts: [Double?]?
        var flow: Double?
        var flowUnordered: Double?
    }

    private func moments(of filter: String, _ catalogue: Catalogue) throws -> Choice {
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let (units, layer, unit) = try FilterStage(catalogue, context: options.context(display))
            .unit(filter)
        return Choice(
            title: "\(filter): \(unit.label)",
            tracks: unit.moments.prefix(n).map { units.tracks[$0.song] },
            starts: FilterFolder.playlist(units, layer, unit, count: n).map(\.startSeconds))
    }

    private func songs(_ catalogue: Catalogue) throws -> Choice {
        let recommender = try Recommender(catalogue)
        let (title, tracks, unordered) = try songs(catalogue, recommender)
        return Choice(
            title: title, tracks: tracks, flow: recommender.flow(of: tracks),
            flowUnordered: unordered.flatMap { recommender.flow(of: $0) })
    }

    private func songs(_ catalogue: Catalogue, _ recommender: Recommender) throws -> (
        title: String, tracks: [Track], unordered: [Track]?
    ) {
        func tracks(_ list: [Suggestion]) -> [Track] {
            list.compactMap { recommender.track($0.track.id) }
        }
        func flowing(_ title: String, _ list: [Suggestion]) -> (String, [Track], [Track]?) {
            (title, tracks(recommender.flowing(list)), tracks(list))
        }
        let seed = try selection.request(count: n).seed ?? 0
        if let listener, radio {
            let start = try recommender.seeds(placeOf: listener)
            return (
                "Radio \(listener)", try recommender.radio(from: start, count: n, seed: seed), nil
            )
        }
        if let listener, daily {
            return (
                "Daily mix for \(listener)",
                tracks(try recommender.dailyMix(listener, count: n)), nil
            )
        }
        if let listener, weekly {
            return flowing(
                "Weekly discovery for \(listener)",
                try recommender.weeklyDiscovery(listener, count: n))
        }
        if let listener {
            let list = try recommender.recommend([listener], selection.request(count: n))
            return flowing("Coldwave for \(listener)", list)
        }
        if let from, let to {
            let (first, last) = (try catalogue.track(from), try catalogue.track(to))
            return (
                "From \(first.name) to \(last.name)",
                recommender.path(from: first, to: last, count: n), nil
            )
        }
        guard let start = try seeds.seeds(recommender, tracks: like).joined else {
            return ("", [], nil)
        }
        let against = try unlike.map { try recommender.seed($0, hearing: Workers.pool()) }.joined
        let unlikeWords = against.map { ", unlike \($0.title)" } ?? ""
        if radio {
            return (
                "Radio \(start.title)\(unlikeWords)",
                try recommender.radio(from: start, unlike: against, count: n, seed: seed), nil
            )
        }
        return flowing(
            "Like \(start.title)\(unlikeWords)",
            try recommender.similar(
                to: start, unlike: against, count: n, maxPerArtist: selection.maxPerArtist))
    }
}
