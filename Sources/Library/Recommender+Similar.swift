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
        let direction = try direction(seeds, unlike: unlike)
        let unwanted = seeds.recordings.union(unlike?.recordings ?? [])
        var ranker = Ranker()
        ranker.maxPerArtist = maxPerArtist
        let chosen =
            nearest(direction, count: count, ranker, except: unwanted)
            ?? best(byCosine, direction, ranker, count: count) { row in
                tracks[predictions.tracks[row]].map { isPlayable($0, except: unwanted) } ?? false
            }
        return chosen.enumerated().map { rank, chosen in
            let score = (chosen.score * 1000).rounded() / 1000
            return suggestion(
                rank + 1, chosen,
                because: [
                    "cosine \(score)"
                        + (chosen.popularity == 0 ? "; new: placed by its sound alone" : "")
                ])
        }
    }

    /// The best by the index. The ranker goes down the scores until its list is full, so the nearest few are all it needs; nil
    /// without an index, or when the limits leave too few of the nearest.
    private func nearest(
        _ direction: [Float], count: Int, _ ranker: Ranker, except unwanted: Set<String>
    ) -> [Candidate]? {
        guard let index = predictions.index else { return nil }
        for wanted in [4 * count + 64, 32 * count + 512] {
            let found = index.approximate(
                to: direction, count: wanted, ef: max(256, wanted), among: playable)
            let candidates = found.compactMap { neighbor -> Candidate? in
                guard let track = tracks[predictions.tracks[neighbor.index]],
                    isPlayable(track, except: unwanted)
                else { return nil }
                return candidate(neighbor.index, track, neighbor.score)
            }
            let list = ranker.rank(candidates, count: count)
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
        let unwanted = seeds.recordings.union(unlike?.recordings ?? [])
        let ids = predictions.tracks
        let allowed = Set(distinctRows(except: unwanted).filter(isWanted))
        let radio = Radio(
            items: predictions.blended, start: try direction(seeds, unlike: unlike),
            artists: ids.map { tracks[$0]?.artist ?? "" }, seed: seed,
            where: { allowed.contains($0) })
        return radio.prefix(count).compactMap { tracks[ids[$0]] }
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
    public func path(from first: Track, to last: Track, count: Int) -> [Track] {
        guard let a = row(first), let b = row(last) else { return [] }
        // The ends come whatever they are, and no other version of them.
        let ends = Set([first, last].flatMap(aliases))
        let between = distinctRows(except: []).filter { row in
            tracks[predictions.tracks[row]].map { ends.isDisjoint(with: aliases($0)) } ?? false
        }
        let rows = Set(between).union([a, b]).sorted()
        guard let from = rows.firstIndex(of: a), let to = rows.firstIndex(of: b) else { return [] }
        return SongPath.between(
            from, to, count: count, items: predictions.blended.selectingRows(rows)
        ).compactMap { tracks[predictions.tracks[rows[$0]]] }
    }

    /// Rows of songs that may be played, one of each recording.
    private func distinctRows(except unwanted: Set<String>) -> [Int] {
        var seen: Set<String> = []
        return predictions.tracks.indices.filter { row in
            guard let track = tracks[predictions.tracks[row]],
                isPlayable(track, except: unwanted)
            else { return false }
            let names = aliases(track)
            defer { seen.formUnion(names) }
            return seen.isDisjoint(with: names)
        }
    }

    private func isPlayable(_ track: Track, except unwanted: Set<String>) -> Bool {
        Self.isPlayable(track) && !unwanted.contains(track.recording)
            && !unwanted.contains(track.contentHash)
    }

    static func isPlayable(_ track: Track) -> Bool { !track.missing && track.kind == .song }

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
