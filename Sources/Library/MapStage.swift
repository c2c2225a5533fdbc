import Foundation
import Matrices
import Projection

/// What making a map did; encodes to the contract of `map --json`.
public struct MapReport: Codable, Equatable, Sendable {
    public let songs: Int
    /// Lower than asked for where songs are few.
    public let perplexity: Float
    public let klDivergence: Double
    public let seconds: Double
    public let run: String
    /// True when no song's place is new: only names and colours changed, or nothing.
    public let reused: Bool
    /// Songs that joined a map made before, on which nothing moved.
    public let joined: Int
    /// Why the map was laid anew; nil where it was not.
    public let laidBecause: String?
}

/// The songs' places in the taste space as places in the plane.
public struct MapStage: Sendable {
    /// Fewer songs than this make no map.
    public static let fewest = 5

    let catalogue: Catalogue
    let context: StageContext

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// What the places depend on.
    func placesDigest(predictions: String) -> String { digest(["places 1", predictions]) }

    /// What the picture depends on: the places, and what the songs are called.
    func inputDigest(predictions: String) throws -> String {
        let tracks = try catalogue.tracks(includingMissing: true)
        return digest(
            [
                "map 1", placesDigest(predictions: predictions),
                String(try catalogue.revision("plays")),
            ]
                + tracks.map {
                    "\($0.id ?? 0) \($0.artist) \($0.title) \($0.genres) \($0.year ?? 0) \($0.missing)"
                })
    }

    /// Makes the map where it is stale: new songs join the one there is, unless too much changed; see ``MapChange``.
    /// - Parameter anew: lays it anew whatever changed.
    public func run(anew: Bool = false) throws -> MapReport {
        let started = Date()
        let predictions = try catalogue.storedPredictions(for: "map")
        let input = try inputDigest(predictions: predictions.run)
        let last = try catalogue.storedMap()
        if let last, last.inputDigest == input, !anew { return last.report() }
        guard predictions.tracks.count >= Self.fewest else {
            throw LibraryError.nothingToDo(
                stage: "map",
                reason:
                    "\(predictions.tracks.count) songs are too few for a map, which takes \(Self.fewest)",
                next: "Run `coldwave scan FOLDER` on more music, then `coldwave build`.")
        }
        var configuration = TSNEConfiguration()
        configuration.perplexity = TSNEConfiguration.perplexity(for: predictions.tracks.count)
        // Songs are alike by the angle between them; for unit vectors distance says the same.
        let vectors = predictions.blended.unitRows()
        let change = MapChange(
            last, tracks: predictions.tracks, vectors: vectors, predictions: predictions.run,
            isWanted: anew, threads: context.threads)
        let positions: Matrix
        var divergence = last?.klDivergence ?? .nan
        var joined = 0
        var because: String?
        switch change {
        case .none(let rows):
            positions = last?.positions.selectingRows(rows) ?? Matrix(rows: 0, columns: 2)
        case .joining(let places):
            positions = try join(places, vectors, last, configuration)
            joined = places.count { $0 == nil }
        case .anew(let reason):
            because = reason
            let map = try TSNE(configuration, threads: context.threads).fit(vectors) { progress in
                context.report(
                    StageProgress(
                        stage: "map", done: progress.iteration, total: progress.iterations,
                        unit: "steps", detail: String(format: "KL %.4f", progress.klDivergence)))
                return !context.shouldStop()
            }
            try context.checkStop("map")
            (positions, divergence) = (map.positions, map.klDivergence)
        }
        let points = try catalogue.mapPoints(predictions.tracks, positions)
        let seconds = Date().timeIntervalSince(started)
        let manifest = Manifest(
            stage: StageName.map.rawValue, inputDigest: input,
            inputs: ["predict": predictions.run], configuration: json(configuration),
            metrics: [
                "songs": Double(predictions.tracks.count), "klDivergence": divergence,
                "perplexity": Double(configuration.perplexity),
                "laid": Double(because == nil ? last?.laid ?? 0 : predictions.tracks.count),
            ], created: isoNow(), seconds: seconds)
        let run = try catalogue.finishRun(.maps, manifest: manifest) { folder in
            try ArrayFile.write(positions, to: folder.appendingPathComponent("positions.npy"))
            // What the places belong to, so that a later run can tell whether they still do.
            try ArrayFile.write(
                because == nil
                    ? last?.vectorsJoined(vectors, predictions.tracks) ?? vectors : vectors,
                to: folder.appendingPathComponent("vectors.npy"))
            try LineFile.write(
                predictions.tracks.map(String.init), to: folder.appendingPathComponent("songs.txt"))
            try AtomicFile.write(
                Data(MapSVG.draw(MapScene(points)).utf8),
                to: folder.appendingPathComponent("map.svg"))
        }
        return MapReport(
            songs: predictions.tracks.count, perplexity: configuration.perplexity,
            klDivergence: divergence, seconds: seconds, run: run,
            reused: because == nil && joined == 0, joined: joined, laidBecause: because)
    }

    /// The old places, and new songs among them by where their nearest songs are.
    private func join(
        _ places: [Int?], _ vectors: Matrix, _ last: StoredMap?, _ configuration: TSNEConfiguration
    ) throws -> Matrix {
        guard let last else { return Matrix(rows: 0, columns: 2) }
        let known = places.indices.filter { places[$0] != nil }
        let fresh = places.indices.filter { places[$0] == nil }
        let old = last.positions.selectingRows(known.compactMap { places[$0] })
        let placed = try TSNE(configuration, threads: context.threads).place(
            vectors.selectingRows(fresh), among: vectors.selectingRows(known), at: old)
        var positions = Matrix(rows: places.count, columns: 2)
        for (i, row) in known.enumerated() { positions.setRow(row, to: Array(old.row(i))) }
        for (i, row) in fresh.enumerated() { positions.setRow(row, to: Array(placed.row(i))) }
        return positions
    }
}
