import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection

/// A song under the microscope: what the network makes of it, and what its plays say.
public struct SongInspection: Sendable {
    /// A unit for which this song is among the library's best.
    public struct Unit: Sendable {
        /// "conv3/17".
        public let name: String
        public let label: String
        /// From 1 on.
        public let rank: Int
        /// False where the label says only that there is nothing to say.
        public let isNamed: Bool
        /// Seconds into what was heard: the middle of what the unit hears.
        public let heardSecond: Double
        public let second: Double
    }

    public let track: Track
    public let hearing: SongHearing
    /// Log-mel, `[frames, bands]`.
    public let spectrogram: Matrix
    public let frameSeconds: Double
    /// Hz, `[bands]`.
    public let bands: [Double]
    public let near: [Suggestion]
    public let units: [Unit]
    /// Directions in the taste space, of length 1; the second is nil for a song without factors from plays.
    public let fromSound: [Float]
    public let fromPlays: [Float]?

    /// Cosine of the two, −1…1.
    public var cosine: Float? { fromPlays.map { dot(fromSound[...], $0[...]) } }
    /// Windows' agreement with the whole: least, median, most.
    public var agreement: (least: Float, median: Float, most: Float) {
        let sorted = hearing.agreement.sorted()
        return (sorted.first ?? 0, sorted.isEmpty ? 0 : sorted[sorted.count / 2], sorted.last ?? 0)
    }
}

/// Hears one song window by window and puts it beside the library.
public struct Inspector: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    /// A unit is told of when the song is among its first so many, and at most so many of a layer.
    static let ranks = 5
    static let perLayer = 6

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// - Throws: ``LibraryError``, `NetworkError`, `TorchError`.
    public func inspect(_ track: Track, near count: Int = 10) throws -> SongInspection {
        let recommender = try Recommender(catalogue)
        let model = try catalogue.storedNetwork(for: "inspect a song").model
        let source = try SpectrogramStore(catalogue.location).open([track.place])
        let hearing = try Predictor(model, threads: context.threads).hearing(source, song: 0)
        let heard = try FilterStage(catalogue, context: context).run()
        let row = recommender.row(track)
        let sound = hearing.mean
        let plays = try recommender.factors(of: track)?.fromPlays
        let directions = Matrix(
            rows: 2, columns: sound.count,
            storage: sound + (plays ?? Array(repeating: 0, count: sound.count))
        ).unitRows()
        // Cosine takes no notice of a prediction's norm, so a song without a place of its own is looked for by its sound.
        let place = SeedSongs(
            title: track.name,
            places: row.map { recommender.predictions.blended.selectingRows([$0]) }
                ?? Matrix(rows: 1, columns: sound.count, storage: sound),
            recordings: [track.recording])
        return try SongInspection(
            track: track, hearing: hearing, spectrogram: try source.matrix(0),
            frameSeconds: heard.frameSeconds, bands: source.format.mel.bandPeaks,
            near: recommender.similar(to: place, count: count),
            units: units(heard, track),
            fromSound: Array(directions.row(0)),
            fromPlays: plays == nil ? nil : Array(directions.row(1)))
    }

    private func units(_ heard: HeardUnits, _ track: Track) -> [SongInspection.Unit] {
        guard let song = heard.tracks.firstIndex(where: { $0.recording == track.recording }) else {
            return []
        }
        let all = heard.layers.flatMap { layer in
            let found = layer.units.compactMap { unit -> (UnitDescription, Int, UnitMoment)? in
                guard
                    let rank = unit.moments.prefix(Self.ranks).firstIndex(where: {
                        $0.song == song
                    })
                else { return nil }
                return (unit, rank + 1, unit.moments[rank])
            }
            // Units with a name first: the others say less.
            return found.sorted {
                ($0.0.isNamed ? 0 : 1, $0.1, $0.0.index) < ($1.0.isNamed ? 0 : 1, $1.1, $1.0.index)
            }.prefix(Self.perLayer).map { unit, rank, moment in
                SongInspection.Unit(
                    name: "\(layer.name)/\(unit.index)", label: unit.label, rank: rank,
                    isNamed: unit.isNamed,
                    heardSecond: (Double(moment.frame) + Double(layer.reach) / 2)
                        * heard.frameSeconds,
                    second: heard.second(moment, reach: layer.reach))
            }
        }
        return all.filter(\.isNamed) + all.filter { !$0.isNamed }
    }
}
