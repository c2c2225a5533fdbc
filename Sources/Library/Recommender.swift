import AudioFeatures
import CollaborativeFiltering
import Foundation
import Matrices
import Recommendation

/// Answers from a built library. Reads everything once; safe to use from several threads.
public struct Recommender: Sendable {
    let catalogue: Catalogue
    let predictions: StoredPredictions
    let factors: StoredFactors
    let tracks: [Int64: Track]
    /// Listeners and plays of every song, by the id of its first copy.
    let listeners: [SongID: Int]
    let plays: [SongID: Int]
    let songRow: [SongID: Int]
    /// The predictions' rows of recordings.
    let rowOfRecording: [String: Int]
    /// The predictions' rows of songs that may be played; nil without an index.
    let playable: RowSet?
    /// `YᵀY` of the songs' factors, the same for every listener.
    let gram: [[Double]]
    /// The songs' places, by dot product for listeners and by cosine for songs.
    let byScore: VectorIndex
    let byCosine: VectorIndex
    /// What stands out in the songs' sound; nil until `filters` was run with the network of the predictions.
    let highlights: StoredHighlights?

    /// - Throws: ``LibraryError`` naming the command that comes first.
    public init(_ catalogue: Catalogue) throws {
        self.catalogue = catalogue
        predictions = try catalogue.storedPredictions(for: "recommend")
        factors = try catalogue.storedFactors(for: "recommend")
        guard predictions.factorsRun == factors.run,
            predictions.blended.columns == factors.factors.songs.columns
        else {
            throw LibraryError.staleArtefact(
                path: catalogue.location.run(.predictions, predictions.run).path,
                reason: "it was made from an earlier factorisation, whose space is another one",
                next: "Run `coldwave build`.")
        }
        let all = try catalogue.tracks(includingMissing: true)
        // Where the file that stands for a recording is gone, another one of it takes its place.
        let present = Dictionary(
            all.filter { !$0.missing }.map { ($0.recording, $0) }, uniquingKeysWith: { a, _ in a })
        let tracks = Dictionary(
            uniqueKeysWithValues: all.compactMap { track in
                track.id.map {
                    ($0, track.missing ? present[track.recording] ?? track : track)
                }
            })
        self.tracks = tracks
        rowOfRecording = Dictionary(
            predictions.tracks.enumerated().compactMap { row, id in
                tracks[id].map { ($0.recording, row) }
            }, uniquingKeysWith: { first, _ in first })
        songRow = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        highlights = StoredHighlights(
            catalogue.location.run(.networks, predictions.networkRun))
        gram = Explanation.gram(factors.factors.songs)
        byScore = VectorIndex(predictions.blended, metric: .dot)
        byCosine = predictions.index ?? VectorIndex(predictions.blended, metric: .cosine)
        let data = try catalogue.tasteData()
        var listeners: [SongID: Int] = [:]
        var plays: [SongID: Int] = [:]
        for (i, column) in data.plays.columnIndices.enumerated() {
            listeners[data.songs[Int(column)], default: 0] += 1
            plays[data.songs[Int(column)], default: 0] += Int(data.plays.values[i])
        }
        self.listeners = listeners
        self.plays = plays
        let ids = predictions.tracks
        playable = predictions.index.map { _ in
            RowSet(rows: ids.count) { row in tracks[ids[row]].map(Self.isPlayable) ?? false }
        }
    }

    public func track(_ id: Int64) -> Track? { tracks[id] }

    /// Where the predictions have a track, or another file of its recording.
    func row(_ track: Track) -> Int? { rowOfRecording[track.recording] }
}
