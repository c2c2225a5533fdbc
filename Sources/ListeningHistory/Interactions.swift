import Foundation
import Matrices

/// A matrix of play counts with the names of its rows and columns.
public struct Interactions: Sendable {
    public let listeners: [String]
    public let songs: [String]
    /// Play counts `[listeners, songs]`.
    public let matrix: SparseMatrix
    /// Rows that could not be read: how many, and the first 100.
    public let rejectedCount: Int
    public let rejected: [Rejection]

    /// Reads `listener, song, count` rows (plain, gzip or Zstandard); rows and columns in the order of first appearance.
    /// - Throws: ``HistoryError``.
    public init(triplets url: URL) throws {
        var listenerIndex: [String: Int] = [:]
        var songIndex: [String: Int] = [:]
        var entries: [(row: Int, column: Int, value: Float)] = []
        var bad: [Rejection] = []
        let summary = try HistoryReader(url, format: .triplets).read { play in
            let song = play.reference.id ?? ""
            let row = listenerIndex[play.listener] ?? listenerIndex.count
            if row == listenerIndex.count { listenerIndex[play.listener] = row }
            let column = songIndex[song] ?? songIndex.count
            if column == songIndex.count { songIndex[song] = column }
            entries.append((row, column, Float(play.count)))
        } rejected: {
            if bad.count < 100 { bad.append($0) }
        }
        guard !entries.isEmpty else { throw HistoryError.unknownFormat(path: url.path) }
        listeners = listenerIndex.sorted { $0.value < $1.value }.map(\.key)
        songs = songIndex.sorted { $0.value < $1.value }.map(\.key)
        matrix = SparseMatrix(rows: listeners.count, columns: songs.count, entries: entries)
        rejectedCount = summary.rejected
        rejected = bad
    }
}
