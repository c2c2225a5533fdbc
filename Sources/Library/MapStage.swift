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
    /// True when only names and colours changed, or nothing.
    public let reused: Bool
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

    /// Makes the map anew where it is stale.
    public func run() throws -> MapReport {
        let started = Date()
        let predictions = try catalogue.storedPredictions(for: "map")
        let input = try inputDigest(predictions: predictions.run)
        let last = try catalogue.storedMap()
        if let last, last.inputDigest == input { return last.report(reused: true) }
        guard predictions.tracks.count >= Self.fewest else {
            throw LibraryError.nothingToDo(
                stage: "map",
                reason:
                    "\(predictions.tracks.count) songs are too few for a map, which takes \(Self.fewest)",
                next: "Run `coldwave scan FOLDER` on more music, then `coldwave build`.")
        }
        var configuration = TSNEConfiguration()
        configuration.perplexity = TSNEConfiguration.perplexity(for: predictions.tracks.count)
        let positions: Matrix
        let divergence: Double
        let reused: Bool
        if let last, last.predictions == predictions.run, last.tracks == predictions.tracks {
            (positions, divergence, reused) = (last.positions, last.klDivergence, true)
        } else {
            // Songs are alike by the angle between them; for unit vectors distance says the same.
            let map = try TSNE(configuration, threads: context.threads).fit(
                predictions.blended.unitRows()
            ) { progress in
                context.report(
                    StageProgress(
                        stage: "map", done: progress.iteration, total: progress.iterations,
                        unit: "steps", detail: String(format: "KL %.4f", progress.klDivergence)))
                return !context.shouldStop()
            }
            try context.checkStop("map")
            (positions, divergence, reused) = (map.positions, map.klDivergence, false)
        }
        let points = try catalogue.mapPoints(predictions.tracks, positions)
        let seconds = Date().timeIntervalSince(started)
        let manifest = Manifest(
            stage: StageName.map.rawValue, inputDigest: input,
            inputs: ["predict": predictions.run], configuration: json(configuration),
            metrics: [
                "songs": Double(predictions.tracks.count), "klDivergence": divergence,
                "perplexity": Double(configuration.perplexity),
            ], created: isoNow(), seconds: seconds)
        let run = try catalogue.finishRun(.maps, manifest: manifest) { folder in
            try ArrayFile.write(positions, to: folder.appendingPathComponent("positions.npy"))
            try LineFile.write(
                predictions.tracks.map(String.init), to: folder.appendingPathComponent("songs.txt"))
            try AtomicFile.write(
                Data(MapSVG.draw(MapScene(points)).utf8),
                to: folder.appendingPathComponent("map.svg"))
        }
        return MapReport(
            songs: predictions.tracks.count, perplexity: configuration.perplexity,
            klDivergence: divergence, seconds: seconds, run: run, reused: reused)
    }
}

/// The last map made.
public struct StoredMap: Sendable {
    public let run: String
    let inputDigest: String
    let predictions: String
    /// Track ids, one a row.
    public let tracks: [Int64]
    /// `[tracks, 2]`.
    public let positions: Matrix
    public let klDivergence: Double
    let perplexity: Float

    func report(reused: Bool) -> MapReport {
        MapReport(
            songs: tracks.count, perplexity: perplexity, klDivergence: klDivergence, seconds: 0,
            run: run, reused: reused)
    }
}

extension Catalogue {
    /// The last map; nil when there is none.
    /// - Throws: ``LibraryError/damaged(path:reason:)``.
    public func storedMap() throws -> StoredMap? {
        guard let last = try lastRun(.map) else { return nil }
        let folder = location.run(.maps, last.run)
        let manifest = try manifest(.maps, last.run)
        let positions = try ArrayFile.readMatrix(folder.appendingPathComponent("positions.npy"))
        let tracks = try LineFile.read(folder.appendingPathComponent("songs.txt")).compactMap {
            Int64($0)
        }
        guard positions.rows == tracks.count, positions.columns == 2 else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        return StoredMap(
            run: last.run, inputDigest: last.inputDigest,
            predictions: manifest.inputs["predict"] ?? "", tracks: tracks, positions: positions,
            klDivergence: manifest.metrics["klDivergence"] ?? .nan,
            perplexity: Float(manifest.metrics["perplexity"] ?? .nan))
    }

    /// The songs on the map as they are called now; missing ones and interludes are left out.
    public func mapPoints(_ ids: [Int64], _ positions: Matrix) throws -> [MapPoint] {
        let tracks = Dictionary(
            uniqueKeysWithValues: try tracks(includingMissing: true).compactMap { track in
                track.id.map { ($0, track) }
            })
        // Where the file that stands for a recording is gone, another one of it takes its place.
        let present = Dictionary(
            tracks.values.filter { !$0.missing }.sorted { ($0.id ?? 0) < ($1.id ?? 0) }
                .map { ($0.recording, $0) }, uniquingKeysWith: { a, _ in a })
        let data = try tasteData()
        var plays: [SongID: Int] = [:]
        for (i, column) in data.plays.columnIndices.enumerated() {
            plays[data.songs[Int(column)], default: 0] += Int(data.plays.values[i])
        }
        return ids.enumerated().compactMap { row, id in
            guard let own = tracks[id], let track = own.missing ? present[own.recording] : own,
                track.kind == .song
            else { return nil }
            return MapPoint(
                x: positions[row, 0], y: positions[row, 1], title: track.title,
                artist: track.artist,
                genres: track.genres.split(separator: ";").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }.filter { !$0.isEmpty }, year: track.year, plays: plays[.track(id)] ?? 0)
        }
    }
}
