import Foundation
import Matrices
import Recommendation

extension Recommender {
    /// Songs for a listener, from plays and from sound in one list.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func recommend(_ listener: String, _ request: RecommendationRequest) throws
        -> [Suggestion]
    {
        try recommend([listener], request)
    }

    /// Songs for one listener, or for several together: see ``GroupScores``. What one of them has heard or hates is for none.
    /// - Parameter now: decides whether Christmas songs are in season.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func recommend(
        _ listeners: [String], _ request: RecommendationRequest, now: Date = Date()
    ) throws -> [Suggestion] {
        let tastes = try listeners.map(taste)
        let isAllowed = try allowance(tastes, request, now: now)
        var ranker = Ranker()
        ranker.maxPerArtist = request.maxPerArtist
        ranker.maxPerAlbum = request.maxPerAlbum
        ranker.discovery = request.discovery
        ranker.seed = request.seed
        let list: [Candidate]
        if tastes.count == 1, let taste = tastes.first {
            list = best(by: .dot, taste.place, ranker, count: request.count, where: isAllowed)
        } else {
            let rows = predictions.tracks.indices.filter(isAllowed)
            let scores = GroupScores.blend(
                tastes.map { taste in
                    rows.map { dot(predictions.blended.row($0), taste.place[...]) }
                })
            list = ranker.rank(
                zip(rows, scores).map { candidate($0, $1) }, count: request.count)
        }
        let names = tastes.map(names)
        return try list.enumerated().map { rank, chosen in
            let (because, reasons) = try reasons(chosen, tastes, names)
            return suggestion(rank + 1, chosen, because: because, reasons: reasons)
        }
    }

    /// Ranks only what can come into the list: the ranker looks at the best few songs, and at more only where its limits leave
    /// too few of them.
    func best(
        by metric: VectorIndex.Metric, _ place: [Float], _ ranker: Ranker, count: Int,
        where isAllowed: (Int) -> Bool
    ) -> [Candidate] {
        var wanted = ranker.wanted(for: count)
        while true {
            let near = search.nearest(to: place, by: metric, count: wanted, where: isAllowed)
            let list = ranker.rank(near.map { candidate($0.index, $0.score) }, count: count)
            if list.count >= count || near.count < wanted { return list }
            wanted *= 8
        }
    }

    /// Which rows of the predictions may be in the list.
    private func allowance(
        _ tastes: [ListenerTaste], _ request: RecommendationRequest, now: Date
    ) throws -> (Int) -> Bool {
        let played = tastes.reduce(into: Set<Int>()) { $0.formUnion($1.played) }
        let hated = tastes.reduce(into: Set<Int>()) { $0.formUnion($1.hated) }
        let unwanted = Set((request.includePlayed ? hated : hated.union(played)).compactMap(row))
        // Another version of a song that was heard was heard too.
        let heard = request.includePlayed ? [] : Set(played.map(table.aliases).joined())
        var flags: TrackTable.Flags = request.includeInterludes ? .missing : .unplayable
        if !(request.seasonal ?? Season.isChristmasTime(now)) { flags.insert(.christmas) }
        let excluded = try places(of: request.exclude)
        return { [self] row in
            guard flagsOfRow[row].isDisjoint(with: flags), !unwanted.contains(row) else {
                return false
            }
            let place = Int(placeOfRow[row])
            if table.aliases(place).contains(where: heard.contains) { return false }
            if request.onlyNew, counts.listeners[place] > 0 { return false }
            return excluded.isEmpty || !excluded.contains(Int(table.shown[place]))
        }
    }

    /// Tracks that rules leave out.
    private func places(of rules: [Exclusion]) throws -> Set<Int> {
        guard !rules.isEmpty else { return [] }
        var places: Set<Int> = []
        try catalogue.forEachTrack { track in
            if rules.contains(where: { $0.matches(track) }),
                let place = track.id.flatMap(table.place)
            {
                places.insert(place)
            }
        }
        return places
    }

    func candidate(_ row: Int, _ score: Float) -> Candidate {
        let place = Int(placeOfRow[row])
        let shown = Int(table.shown[place])
        let artist = UInt64(table.artist[shown])
        return Candidate(
            index: row, score: score, artist: artist,
            album: table.album[shown] < 0 ? nil : artist << 32 | UInt64(table.album[shown]),
            // The place is a number of the recording among keys, which are spread over all 64 bits.
            names: [UInt64(place)] + table.aliases(place),
            popularity: Int(counts.listeners[place]))
    }

    func suggestion(
        _ rank: Int, _ candidate: Candidate, because: [String], reasons: Reasons? = nil
    ) -> Suggestion {
        let place = Int(placeOfRow[candidate.index])
        let album = table.album[Int(table.shown[place])]
        return Suggestion(
            rank: rank, score: candidate.score,
            track: .init(
                id: predictions.tracks[candidate.index], title: table.title(place),
                artist: table.artist(place), album: album < 0 ? nil : table.names[Int(album)],
                path: table.path(place), plays: plays(at: place)), because: because,
            reasons: reasons)
    }
}
