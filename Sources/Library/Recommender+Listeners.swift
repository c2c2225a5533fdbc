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
        let isAllowed = allowance(tastes, request, now: now)
        var ranker = Ranker()
        ranker.maxPerArtist = request.maxPerArtist
        ranker.maxPerAlbum = request.maxPerAlbum
        ranker.discovery = request.discovery
        ranker.seed = request.seed
        let list: [Candidate]
        if tastes.count == 1, let taste = tastes.first {
            list = best(byScore, taste.place, ranker, count: request.count, where: isAllowed)
        } else {
            let rows = predictions.tracks.indices.filter(isAllowed)
            let scores = GroupScores.blend(
                tastes.map { taste in
                    rows.map { dot(predictions.blended.row($0), taste.place[...]) }
                })
            list = ranker.rank(
                zip(rows, scores).compactMap { row, score in
                    tracks[predictions.tracks[row]].map { candidate(row, $0, score) }
                }, count: request.count)
        }
        return list.enumerated().map { rank, chosen in
            let (because, reasons) = reasons(chosen, tastes)
            return suggestion(rank + 1, chosen, because: because, reasons: reasons)
        }
    }

    /// Ranks only what can come into the list: the ranker looks at the best few songs, and at more only where its limits leave
    /// too few of them.
    func best(
        _ index: VectorIndex, _ place: [Float], _ ranker: Ranker, count: Int,
        where isAllowed: (Int) -> Bool
    ) -> [Candidate] {
        // At least what discovery and seeds look at: see ``Ranker/rank(_:count:)``.
        var wanted = max(400, 16 * count)
        while true {
            let near = index.nearest(to: place, count: wanted, where: isAllowed)
            let list = ranker.rank(
                near.compactMap { item in
                    tracks[predictions.tracks[item.index]].map {
                        candidate(item.index, $0, item.score)
                    }
                }, count: count)
            if list.count >= count || near.count < wanted { return list }
            wanted *= 8
        }
    }

    /// Which rows of the predictions may be in the list.
    private func allowance(
        _ tastes: [ListenerTaste], _ request: RecommendationRequest, now: Date
    ) -> (Int) -> Bool {
        let played = tastes.reduce(into: Set<SongID>()) { $0.formUnion($1.played) }
        let hated = tastes.reduce(into: Set<SongID>()) { $0.formUnion($1.hated) }
        // Another version of a song that was heard was heard too.
        let heard = Set(
            played.compactMap { song -> [String]? in
                guard case .track(let id) = song else { return nil }
                return tracks[id].map(aliases)
            }.joined())
        let isInSeason = request.seasonal ?? Season.isChristmasTime(now)
        return { row in
            let id = predictions.tracks[row]
            guard let track = tracks[id], !track.missing else { return false }
            if !request.includeInterludes, track.kind != .song { return false }
            if hated.contains(.track(id)) { return false }
            if !request.includePlayed {
                if played.contains(.track(id)) { return false }
                if aliases(track).contains(where: heard.contains) { return false }
            }
            if request.onlyNew, plays[.track(id)] != nil { return false }
            if !isInSeason, Season.isChristmas(track) { return false }
            return !request.exclude.contains { $0.matches(track) }
        }
    }

    /// What names the recording besides its sound: the MusicBrainz id, and artist and title without notes such as
    /// "(Remastered)".
    func aliases(_ track: Track) -> [String] {
        [track.matchKey] + (track.recordingMBID.map { [$0] } ?? [])
    }

    func candidate(_ row: Int, _ track: Track, _ score: Float) -> Candidate {
        Candidate(
            index: row, score: score, artist: track.artist, album: track.album,
            recording: track.recording, aliases: aliases(track),
            popularity: listeners[.track(predictions.tracks[row])] ?? 0)
    }

    func suggestion(
        _ rank: Int, _ candidate: Candidate, because: [String], reasons: Reasons? = nil
    ) -> Suggestion {
        let id = predictions.tracks[candidate.index]
        let track = tracks[id]
        return Suggestion(
            rank: rank, score: candidate.score,
            track: .init(
                id: id, title: track?.title ?? "", artist: track?.artist ?? "", album: track?.album,
                path: track?.path ?? "", plays: plays[.track(id)] ?? 0), because: because,
            reasons: reasons)
    }
}
