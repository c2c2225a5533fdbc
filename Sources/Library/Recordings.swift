import AudioFeatures
import Foundation
import GRDB
import Matrices
import Recommendation

extension Catalogue {
    /// Signatures at least this alike are compared in detail; the same recording in another format gives 0.98 and more.
    static let candidateSimilarity: Float = 0.95
    /// … and are one recording when they are also alike in detail; see ``Fingerprint/similarity(_:_:)``.
    static let sameSimilarity = 0.87
    static let sameDuration = 2.0

    /// Notices recordings that are here twice, as files of different formats or qualities: by what is heard, never by title.
    /// Tracks of one recording share ``Track/recording``, the content hash of the first of them.
    /// Compares the tracks that have not been compared yet with all others.
    /// - Returns: how many tracks joined another's recording.
    @discardableResult
    func joinRecordings(_ store: SpectrogramStore, threads: Int) throws -> Int {
        let new = Set(
            try database.read {
                try Int64.fetchAll($0, sql: "SELECT id FROM track WHERE compared = 0")
            })
        guard !new.isEmpty else { return 0 }
        let rows = try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, recording, contentHash, durationSeconds, excerpt, signature, shard, shardOffset, frames
                    FROM track WHERE signature IS NOT NULL AND kind <> 'silence' ORDER BY id
                    """
            ).map(SignedTrack.init)
        }
        let index = VectorIndex(
            Matrix(
                rows: rows.count, columns: Fingerprint.length,
                storage: rows.flatMap(\.signature)), metric: .cosine)
        let wanted = rows.indices.filter { new.contains(rows[$0].id) }
        let pairs = Parallel.map(wanted.count, threads: threads) { i in
            let row = wanted[i]
            return index.nearest(to: rows[row].signature, count: 8) { other in
                rows[other].contentHash != rows[row].contentHash
                    && rows[other].excerpt == rows[row].excerpt
                    && abs(rows[other].duration - rows[row].duration) <= Self.sameDuration
            }.filter { $0.score >= Self.candidateSimilarity }.map { (row, $0.index) }
        }.joined()
        var recording: [Int64: String] = [:]
        for (a, b) in pairs {
            let (first, second) = (rows[min(a, b)], rows[max(a, b)])
            let name = recording[first.id] ?? first.recording
            guard (recording[second.id] ?? second.recording) != name else { continue }
            let open = try store.open([first.place, second.place])
            guard
                Fingerprint.similarity(try open.quantized(0), try open.quantized(1))
                    >= Self.sameSimilarity
            else { continue }
            for track in rows
            where track.contentHash == second.contentHash || track.recording == second.recording {
                recording[track.id] = name
            }
        }
        let joined = recording
        try database.write { database in
            for (id, name) in joined {
                try database.execute(
                    sql: "UPDATE track SET recording = ? WHERE id = ?", arguments: [name, id])
            }
            try database.execute(sql: "UPDATE track SET compared = 1 WHERE compared = 0")
            if !joined.isEmpty { try bumpRevision("plays", database) }
        }
        return joined.count
    }
}

extension Catalogue {
    /// Tracks that are another file of a recording.
    func duplicateCount() throws -> Int {
        try database.read {
            try Int.fetchOne(
                $0,
                sql:
                    "SELECT count(*) - count(DISTINCT recording) FROM track WHERE missing = 0")
                ?? 0
        }
    }
}

/// What the comparison needs of a track.
private struct SignedTrack: Sendable {
    let id: Int64
    let recording: String
    let contentHash: String
    let duration: Double
    let excerpt: String
    let signature: [Float]
    let place: SpectrogramPlace

    init(_ row: Row) {
        id = row["id"]
        recording = row["recording"]
        contentHash = row["contentHash"]
        duration = row["durationSeconds"]
        excerpt = row["excerpt"]
        place = SpectrogramPlace(
            shard: row["shard"], offset: row["shardOffset"], frames: row["frames"])
        signature = SignatureBytes.floats(row["signature"])
    }
}

/// A signature in the catalogue: a signed byte a value.
enum SignatureBytes {
    static func data(_ signature: [Float]) -> Data? {
        let largest = signature.reduce(Float(0)) { max($0, abs($1)) }
        guard largest > 0 else { return nil }
        return Data(signature.map { UInt8(bitPattern: Int8(($0 / largest * 127).rounded())) })
    }

    static func floats(_ data: Data) -> [Float] {
        let values = data.prefix(Fingerprint.length).map { Float(Int8(bitPattern: $0)) }
        return values + Array(repeating: 0, count: Fingerprint.length - values.count)
    }
}

extension StoredSpectrograms {
    /// A song's bytes as they are kept.
    func quantized(_ song: Int) throws -> QuantizedSpectrogram {
        QuantizedSpectrogram(try matrix(song), range: format.range)
    }
}
