import ArgumentParser
import Foundation
import Library
import Matrices
import Recommendation

extension PlaylistFormat: ExpressibleByArgument {}

struct PlaylistCommand: ParsableCommand, ComputesWithTorch {
    static let configuration = CommandConfiguration(
        commandName: "playlist", abstract: "A playlist file that other players open.",
        discussion:
            "For a listener, like some songs, a path from one song to another, or from the moments that excite a unit of the network."
    )

    @Option(help: "For this listener.")
    var listener: String?

    @Flag(name: .customLong("new"), help: "With --listener: only songs without a single play.")
    var onlyNew = false

    @Option(parsing: .upToNextOption, help: "Songs like these.")
    var like: [String] = []

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

    @Option(help: "m3u8, xspf or jspf (default: by the file's extension, else m3u8).")
    var format: PlaylistFormat?

    @Option(
        name: .shortAndLong, help: "Write to this file instead of standard output.",
        completion: .file())
    var output: String?

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        let kinds = [listener != nil, !like.isEmpty, from != nil || to != nil, filter != nil].count
        {
            $0
        }
        guard kinds == 1, (from == nil) == (to == nil) else {
            throw ValidationError(
                "Give one of --listener L, --like TRACK…, --from A --to B, or --filter LAYER/UNIT.")
        }
        guard n >= 1 else { throw ValidationError("-n must be at least 1.") }
    }

    func run() throws {
        let catalogue = try options.open()
        let (title, tracks, starts) = try chosen(catalogue)
        guard !tracks.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "make this playlist", reason: "no song fits",
                next: "Try without --new, or scan more music.")
        }
        let file = output.map { URL(fileURLWithPath: $0) }
        let kind =
            format ?? file.flatMap { PlaylistFormat(rawValue: $0.pathExtension.lowercased()) }
            ?? .m3u8
        let text = try PlaylistFile.render(
            zip(tracks, starts).map { track, start in
                PlaylistTrack(
                    path: track.path, title: track.title, artist: track.artist, album: track.album,
                    durationSeconds: track.durationSeconds, recordingMBID: track.recordingMBID,
                    startSeconds: start)
            }, title: title, format: kind, relativeTo: file?.deletingLastPathComponent())
        if let file {
            try AtomicFile.write(Data(text.utf8), to: file)
        }
        struct Report: Encodable {
            let title: String
            let format: String
            let file: String?
            let tracks: [Int64]
            let playlist: String?
        }
        let report = Report(
            title: title, format: kind.rawValue, file: file?.path,
            tracks: tracks.map { $0.id ?? 0 },
            playlist: file == nil ? text : nil)
        try options.output.print(report) {
            file == nil
                ? text.trimmingCharacters(in: .newlines)
                : "\(tracks.count) songs → \(file?.path ?? "")"
        }
    }

    /// Title, songs, and where each starts: nil for its beginning.
    private func chosen(_ catalogue: Catalogue) throws -> (String, [Track], [Double?]) {
        guard let filter else {
            let (title, tracks) = try songs(catalogue, try Recommender(catalogue))
            return (title, tracks, tracks.map { _ in nil })
        }
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let (units, layer, unit) = try FilterStage(catalogue, context: options.context(display))
            .unit(filter)
        let list = FilterFolder.playlist(units, layer, unit, count: n)
        let tracks = unit.moments.prefix(n).map { units.tracks[$0.song] }
        return ("\(filter): \(unit.label)", tracks, list.map(\.startSeconds))
    }

    private func songs(_ catalogue: Catalogue, _ recommender: Recommender) throws -> (
        String, [Track]
    ) {
        if let listener {
            var request = RecommendationRequest()
            request.count = n
            request.onlyNew = onlyNew
            let list = recommender.flowing(try recommender.recommend(listener, request))
            return ("Coldwave for \(listener)", list.compactMap { recommender.track($0.track.id) })
        }
        if let from, let to {
            let (first, last) = (try catalogue.track(from), try catalogue.track(to))
            return (
                "From \(first.name) to \(last.name)",
                recommender.path(from: first, to: last, count: n)
            )
        }
        let seeds = try like.map { try catalogue.track($0) }
        let recordings = Set(seeds.map(\.recording))
        let near = recommender.similar(to: recommender.centre(of: seeds), count: n + seeds.count)
            .filter { item in
                recommender.track(item.track.id).map { !recordings.contains($0.recording) } ?? false
            }
        let list = recommender.flowing(Array(near.prefix(n)))
        return (
            "Like \(seeds.map(\.name).joined(separator: ", "))",
            list.compactMap { recommender.track($0.track.id) }
        )
    }
}
