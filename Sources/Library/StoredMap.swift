import Foundation
import Matrices
import Projection

/// The last map made.
public struct StoredMap: Sendable {
    public let run: String
    let inputDigest: String
    let predictions: String
    /// Track ids, one a row.
    public let tracks: [Int64]
    /// `[tracks, 2]`.
    public let positions: Matrix
    /// Of the songs that the map was laid for; those that joined later are not in it.
    public let klDivergence: Double
    let perplexity: Float
    /// Songs that the map was laid for.
    let laid: Int
    /// Directions in the taste space that the places belong to, `[tracks, dimensions]`; nil in maps of before they were kept.
    let vectors: Matrix?

    func report() -> MapReport {
        MapReport(
            songs: tracks.count, perplexity: perplexity, klDivergence: klDivergence, seconds: 0,
            run: run, reused: true, joined: 0, laidBecause: nil)
    }

    /// The vectors that places belong to: of songs that were here the old ones, of others those of now.
    func vectorsJoined(_ now: Matrix, _ tracks: [Int64]) -> Matrix? {
        guard let vectors, vectors.columns == now.columns else { return nil }
        let row = Dictionary(zip(self.tracks, 0...), uniquingKeysWith: { a, _ in a })
        var all = now
        for (i, track) in tracks.enumerated() {
            if let old = row[track] { all.setRow(i, to: Array(vectors.row(old))) }
        }
        return all
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
        let file = folder.appendingPathComponent("vectors.npy")
        let vectors =
            FileManager.default.fileExists(atPath: file.path)
            ? try ArrayFile.readMatrix(file) : nil
        guard vectors.map({ $0.rows == tracks.count }) ?? true else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        return StoredMap(
            run: last.run, inputDigest: last.inputDigest,
            predictions: manifest.inputs["predict"] ?? "", tracks: tracks, positions: positions,
            klDivergence: manifest.metrics["klDivergence"] ?? .nan,
            perplexity: Float(manifest.metrics["perplexity"] ?? .nan),
            laid: manifest.metrics["laid"].map { Int($0) } ?? tracks.count, vectors: vectors)
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
                }.filter { !$0.isEmpty }, year: track.year, plays: plays[.track(id)] ?? 0,
                path: track.path, startSeconds: track.second(ofHeard: 0))
        }
    }
}
