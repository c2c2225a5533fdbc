import Foundation
import Matrices
import Recommendation

extension Recommender {
    /// The library's nearest songs to the middle of some songs, by cosine; none of those songs.
    /// - Parameters:
    ///   - unlike: songs to stay away from; see ``MoodQuery``.
    ///   - maxPerArtist: songs by one artist; 0 for any number.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when the two sides leave no direction.
    public func similar(
        to seeds: SeedSongs, unlike: SeedSongs? = nil, count: Int, maxPerArtist: Int = 0
    ) throws -> [Suggestion] {
        similar(
            to: try direction(seeds, unlike: unlike), except: rows(seeds, unlike), count: count,
            maxPerArtist: maxPerArtist)
    }

    private func similar(
        to direction: [Float], except unwanted: Set<Int>, count: Int, maxPerArtist: Int = 0
    ) -> [Suggestion] {
        var ranker = Ranker()
        ranker.maxPerArtist = maxPerArtist
        let list =
            nearest(direction, count: count, ranker, except: unwanted)
            ?? best(by: .cosine, direction, ranker, count: count) {
                isPlayable($0, except: unwanted)
            }
        return list.enumerated().map { rank, chosen in
            let score = (chosen.score * 1000).rounded() / 1000
            return suggestion(
                rank + 1, chosen,
                because: [
                    "cosine \(score)"
                        + (chosen.popularity == 0 ? "; new: placed by its sound alone" : "")
                ])
        }
    }

    /// The library's nearest songs to one of them. Nil for a track that was not there when this was read.
    /// - Throws: as ``similar(to:unlike:count:maxPerArtist:)``.
    public func similar(to id: Int64, count: Int) throws -> [Suggestion]? {
        guard let place = table.place(of: id).map({ Int(table.first[$0]) }) else { return nil }
        guard let row = row(place) else { throw noPlace(table.name(place)) }
        let seeds = SeedSongs(
            title: table.name(place), places: predictions.blended.selectingRows([row]),
            recordings: [])
        return similar(to: try direction(seeds, unlike: nil), except: [row], count: count)
    }

    /// The best by the index. The ranker goes down the scores until its list is full, so the nearest few are all it needs; nil
    /// without an index, or when the limits leave too few of the nearest.
    private func nearest(
        _ direction: [Float], count: Int, _ ranker: Ranker, except unwanted: Set<Int>
    ) -> [Candidate]? {
        guard let index = predictions.index else { return nil }
        for wanted in [4 * count + 64, 32 * count + 512] {
            let found = index.approximate(
                to: direction, count: wanted, ef: max(256, wanted), among: playable)
            let list = ranker.rank(
                found.filter { isPlayable($0.index, except: unwanted) }
                    .map { candidate($0.index, $0.score) }, count: count)
            if list.count == count { return list }
        }
        return nil
    }

    /// A radio that starts at some songs, or at a listener's place; see ``Radio``.
    /// - Parameter count: songs; fewer when the library has no more.
    public func radio(
        from seeds: SeedSongs, unlike: SeedSongs? = nil, count: Int, seed: UInt64 = 0,
        where isWanted: (Int) -> Bool = { _ in true }
    ) throws -> [Track] {
        let unwanted = rows(seeds, unlike)
        let allowed = Set(distinctRows(except: unwanted).filter(isWanted))
        let radio = Radio(
            items: predictions.blended, start: try direction(seeds, unlike: unlike),
            artists: placeOfRow.map { $0 < 0 ? "" : table.artist(Int($0)) }, seed: seed,
            where: { allowed.contains($0) })
        return try radio.prefix(count).compactMap { try track(predictions.tracks[$0]) }
    }

    /// A listener's place as something to start from.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func seeds(placeOf listener: String) throws -> SeedSongs {
        let place = try taste(of: listener).place
        return SeedSongs(
            title: listener, places: Matrix(rows: 1, columns: place.count, storage: place),
            recordings: [])
    }

    /// A way from one song to another.
    public func path(from first: Track, to last: Track, count: Int) throws -> [Track] {
        guard let a = row(first), let b = row(last) else { return [] }
        // The ends come whatever they are, and no other version of them.
        let ends = Set([a, b].flatMap { table.aliases(Int(placeOfRow[$0])) })
        let between = distinctRows(except: []).filter {
            ends.isDisjoint(with: table.aliases(Int(placeOfRow[$0])))
        }
        let rows = Set(between).union([a, b]).sorted()
        guard let from = rows.firstIndex(of: a), let to = rows.firstIndex(of: b) else { return [] }
        return try SongPath.between(
            from, to, count: count, items: predictions.blended.selectingRows(rows)
        ).compactMap { try track(predictions.tracks[rows[$0]]) }
    }

    /// Rows of songs that may be played, one of each recording.
    private func distinctRows(except unwanted: Set<Int>) -> [Int] {
        var seen: Set<UInt64> = []
        return placeOfRow.indices.filter { row in
            guard isPlayable(row, except: unwanted) else { return false }
            let names = table.aliases(Int(placeOfRow[row]))
            defer { seen.formUnion(names) }
            return seen.isDisjoint(with: names)
        }
    }

    private func isPlayable(_ row: Int, except unwanted: Set<Int>) -> Bool {
        flagsOfRow[row].isDisjoint(with: .unplayable) && !unwanted.contains(row)
    }

    /// The rows of the songs that a list starts from, or stays away from.
    private func rows(_ seeds: SeedSongs, _ unlike: SeedSongs?) -> Set<Int> {
        Set(
            (Array(seeds.recordings) + Array(unlike?.recordings ?? []))
                .compactMap { table.place(ofRecording: $0).flatMap(row) })
    }

    private func direction(_ seeds: SeedSongs, unlike: SeedSongs?) throws -> [Float] {
        let all = unlike.map { seeds.adding($0).places } ?? seeds.places
        let query = MoodQuery(
            plus: Array(0..<seeds.places.rows), minus: Array(seeds.places.rows..<all.rows))
        guard let direction = query.direction(in: all) else {
            throw LibraryError.nothingToDo(
                stage: "find songs like \(seeds.title)",
                reason: "they have no direction in the taste space"
                    + (unlike == nil ? "" : ", or the other songs are the same"),
                next: "Try other songs.")
        }
        return direction
    }
}
