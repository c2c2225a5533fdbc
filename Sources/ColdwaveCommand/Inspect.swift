import ArgumentParser
import Foundation
import Library
import Matrices
import Projection

struct Inspect: ParsableCommand, ComputesWithTorch {
    static let configuration = CommandConfiguration(
        abstract:
            "A song under the microscope: what the network hears in it, and what its plays say.",
        discussion: """
            A page with its spectrogram, the windows' predictions and how they agree, its nearest songs, the units it excites like few
            others, and its factors from sound beside those from plays.

              coldwave inspect "Artist - Title" -o song.html
            """)

    @Argument(help: "An id, a path, a recording MBID or \"Artist - Title\".")
    var track: String

    @Option(name: .shortAndLong, help: "FILE.html.", completion: .file())
    var output: String?

    @OptionGroup var options: LibraryOptions

    private struct Report: Encodable {
        struct Window: Encodable {
            let second: Double
            let agreement: Float
        }
        struct Unit: Encodable {
            let unit: String
            let label: String
            let rank: Int
            let second: Double
        }
        let track: Int64
        let windows: [Window]
        let agreement: Float
        /// Of the directions from sound and from plays; absent without plays.
        let cosine: Float?
        let similar: [Suggestion]
        let units: [Unit]
    }

    func run() throws {
        let catalogue = try options.open()
        let found = try catalogue.track(track)
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let song = try Inspector(catalogue, context: options.context(display)).inspect(found)
        if let output {
            try AtomicFile.write(
                Data(page(song, catalogue).draw().utf8), to: URL(fileURLWithPath: output))
        }
        let starts = song.hearing.starts.map { Double($0) * song.frameSeconds }
        let report = Report(
            track: found.id ?? 0,
            windows: zip(starts, song.hearing.agreement).map {
                .init(second: (found.second(ofHeard: $0) * 100).rounded() / 100, agreement: $1)
            }, agreement: song.agreement.median, cosine: song.cosine, similar: song.near,
            units: song.units.map {
                .init(
                    unit: $0.name, label: $0.label, rank: $0.rank,
                    second: ($0.second * 100).rounded() / 100)
            })
        try options.output.print(report) {
            ([found.name] + Self.summary(song)
                + song.near.prefix(3).map {
                    "near: \($0.track.artist) - \($0.track.title) (\($0.because.first ?? ""))"
                }
                + (output.map { ["page: \($0)"] } ?? ["-o FILE.html makes the whole page"]))
                .joined(separator: "\n")
        }
    }

    private static func summary(_ song: SongInspection) -> [String] {
        let agreement = song.agreement
        return [
            String(
                format:
                    "%d windows; their predictions agree with the song's by a cosine of %.2f (%.2f…%.2f)",
                song.hearing.starts.count, agreement.median, agreement.least, agreement.most),
            song.cosine.map { String(format: "sound against plays: cosine %.2f", $0) }
                ?? "no plays place it yet: its sound alone does",
        ]
    }

    private func page(_ song: SongInspection, _ catalogue: Catalogue) -> InspectionPage {
        var page = InspectionPage()
        let track = song.track
        page.title = track.name
        let tags = [track.album, track.year.map(String.init), track.genres].compactMap { $0 }
            .filter { !$0.isEmpty }
        page.about =
            (tags.isEmpty ? [] : [tags.joined(separator: " · ")]) + Self.summary(song)
        page.spectrogram = song.spectrogram
        page.bands = song.bands
        page.frameSeconds = song.frameSeconds
        page.path = track.missing ? nil : track.path
        page.times = (0...Int(Double(song.spectrogram.rows) * song.frameSeconds)).map {
            (track.second(ofHeard: Double($0)) * 100).rounded() / 100
        }
        page.windowSeconds = Double(song.hearing.windowFrames) * song.frameSeconds
        page.windows = zip(song.hearing.starts, song.hearing.agreement).map {
            (Double($0) * song.frameSeconds, $1)
        }
        page.peaks = song.hearing.peaks
        page.peakSeconds = Double(song.hearing.stride) * song.frameSeconds
        page.marks = song.units.filter { $0.name.hasPrefix("conv") }.map {
            .init(second: $0.heardSecond, name: "\($0.name): \($0.label)")
        }
        page.near = song.near.map { near in
            let start = (try? catalogue.track(id: near.track.id))?.second(ofHeard: 0)
            return .init(
                name: "\(near.track.artist) - \(near.track.title)",
                detail: String(format: "%.2f", near.score)
                    + (near.track.plays == 0 ? ", new" : ""),
                share: Double(near.score),
                sound: .init(path: near.track.path, second: start ?? 0))
        }
        page.units = song.units.map {
            .init(
                name: "\($0.name): \($0.label)",
                detail: "no. \($0.rank) of the library, at "
                    + String(
                        format: "%d:%04.1f", Int($0.second) / 60,
                        $0.second - Double(Int($0.second) / 60 * 60)),
                sound: track.missing
                    ? nil : .init(path: track.path, second: max(0, $0.second - 1.5)))
        }
        page.fromSound = song.fromSound
        page.fromPlays = song.fromPlays
        return page
    }
}
