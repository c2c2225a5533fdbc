import CollaborativeFiltering
import Foundation
import GRDB
import ListeningHistory
import Matrices

/// User-based and item-based collaborative filtering on a library's plays: no factors, no sound. Songs that listeners play but
/// the library lacks stand under the name their listening file gives them, without a path, their ids below zero.
public struct PlayNeighbors: Sendable {
    let catalogue: Catalogue
    let configuration: NeighborConfiguration
    let data: TasteData
    /// What the last factorisation went by: the songs of one listener are alike by their sessions or lists, not by who plays them.
    let baskets: Baskets
    private let counts: SparseMatrix

    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` without plays.
    public init(
        _ catalogue: Catalogue, configuration: NeighborConfiguration = NeighborConfiguration()
    ) throws {
        self.catalogue = catalogue
        self.configuration = configuration
        data = try catalogue.tasteData()
        guard data.plays.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "find neighbours", reason: "this library has no plays",
                next: "Add listening history with `coldwave import FILE`.")
        }
        let settings: FactorizeSettings? = try catalogue.lastConfiguration(.factorize, .factors)
        baskets = settings?.baskets ?? .listeners
        counts = baskets == .listeners ? data.plays : try catalogue.baskets(baskets, data).counts
    }

    /// Songs that the listeners most like this one play, best first (user-based).
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func songs(for listener: String, count: Int, includePlayed: Bool = false) throws
        -> [Suggestion]
    {
        try catalogue.requireListener(listener)
        guard let row = data.listenerIndex[listener] else { return [] }
        let neighbors = try SimilarRows(data.plays, configuration).neighbors(of: row)
        let logs = data.plays.mapValues { configuration.logarithmic ? log1p($0) : $0 }
        var scores = UserNeighbors.scores(logs, neighbors: neighbors)
        // The mean of what they play, each weighed by how much they are like this listener.
        let total = neighbors.reduce(0) { $0 + $1.score }
        if total > 0 { for song in scores.indices { scores[song] /= total } }
        if !includePlayed { for song in data.plays.indices(ofRow: row) { scores[Int(song)] = 0 } }
        let best = topIndices(scores, count).filter { scores[$0] > 0 }
        return try suggestions(best.map { ($0, scores[$0]) }) { song in
            let players = neighbors.filter { data.plays.place($0.row, song) != nil }
            let names = players.prefix(3).map {
                "\(data.listeners[$0.row]) (\(rounded($0.score)))"
            }
            return [
                "played by \(players.count) of the \(neighbors.count) listeners most like \(listener): "
                    + names.joined(separator: ", ")
            ]
        }
    }

    /// Songs that the listeners of this one also play, or that share its other baskets, most similar first (item-based).
    /// - Parameter query: what ``Catalogue/track(_:)`` takes, or a song the library lacks, as its listening file names it.
    /// - Throws: ``LibraryError/unknownTrack(query:near:)``, ``LibraryError/ambiguousTrack(query:candidates:)``;
    ///   ``LibraryError/nothingToDo(stage:reason:next:)`` for a song that nobody plays.
    public func songs(like query: String, count: Int) throws -> [Suggestion] {
        let song = try song(query)
        guard let row = data.songIndex[song] else {
            throw LibraryError.nothingToDo(
                stage: "find neighbours", reason: "nobody has played \(query)",
                next: "`coldwave similar` goes by its sound.")
        }
        var configuration = configuration
        configuration.count = count
        let bySong = counts.transposed()
        let neighbors = try SimilarRows(bySong, configuration).neighbors(of: row)
        let listeners = Set(bySong.indices(ofRow: row))
        return try suggestions(neighbors.map { ($0.row, $0.score) }) { other in
            let common = bySong.indices(ofRow: other).count { listeners.contains($0) }
            let all = "\(common) of its \(bySong.range(ofRow: other).count) \(baskets.rawValue)"
            return [all + (baskets == .listeners ? " play both" : " hold both")]
        }
    }

    private func song(_ query: String) throws -> SongID {
        do {
            let track = try catalogue.track(query)
            // Plays are counted for the first copy of a recording.
            let first = try catalogue.tracks(includingMissing: true).first {
                $0.recording == track.recording
            }
            return .track(first?.id ?? track.id ?? 0)
        } catch let error as LibraryError {
            guard case .unknownTrack = error, let reference = try catalogue.reference(query) else {
                throw error
            }
            return .reference(reference)
        }
    }

    private func suggestions(
        _ list: [(song: Int, score: Float)], because: (Int) -> [String]
    ) throws -> [Suggestion] {
        let tracks = Dictionary(
            try catalogue.tracks(includingMissing: true).map { ($0.id ?? 0, $0) },
            uniquingKeysWith: { first, _ in first })
        var plays = [Float](repeating: 0, count: data.songs.count)
        for (i, column) in data.plays.columnIndices.enumerated() {
            plays[Int(column)] += data.plays.values[i]
        }
        return try list.enumerated().map { rank, item in
            let count = Int(plays[item.song])
            let song: Suggestion.Song
            switch data.songs[item.song] {
            case .track(let id):
                let track = tracks[id]
                song = .init(
                    id: id, title: track?.title ?? "", artist: track?.artist ?? "",
                    album: track?.album, path: track?.path ?? "", plays: count)
            case .reference(let id):
                let name = try catalogue.referenceName(id)
                song = .init(
                    id: -id, title: name.title, artist: name.artist, album: name.album, path: "",
                    plays: count)
            }
            return Suggestion(
                rank: rank + 1, score: rounded(item.score), track: song,
                because: because(item.song))
        }
    }

    private func rounded(_ score: Float) -> Float { (score * 1000).rounded() / 1000 }
}

extension Catalogue {
    /// A song that the library lacks, by its id below zero, the id or key of its listening file, or "Artist - Title".
    func reference(_ query: String) throws -> Int64? {
        let dash = query.range(of: " - ")
        let key = dash.map {
            MatchKey.normalize(
                artist: String(query[..<$0.lowerBound]), title: String(query[$0.upperBound...]))
        }
        return try database.read { database in
            if let id = Int64(query), id < 0,
                try Int.fetchOne(
                    database, sql: "SELECT 1 FROM reference WHERE id = ?", arguments: [-id]) != nil
            {
                return -id
            }
            return try Int64.fetchOne(
                database,
                sql: """
                    SELECT id FROM reference WHERE trackID IS NULL
                        AND (externalID = ? OR key = ? OR key = ? OR matchKey = ?) ORDER BY id LIMIT 1
                    """, arguments: [query, query, "id:" + query, key])
        }
    }

    /// What a listening file calls a song.
    func referenceName(_ id: Int64) throws -> (title: String, artist: String, album: String?) {
        try database.read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql:
                        "SELECT coalesce(title, externalID, key), artist, album FROM reference WHERE id = ?",
                    arguments: [id])
            else { return ("", "", nil) }
            return (row[0] ?? "", row[1] ?? "", row[2])
        }
    }
}
