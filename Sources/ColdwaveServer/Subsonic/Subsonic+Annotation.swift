import Foundation
import Library

/// What listeners tell: stars, ratings, and what they play.
enum SubsonicAnnotation {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "star": { try await star($0, isStarred: true) },
        "unstar": { try await star($0, isStarred: false) },
        "setRating": setRating, "scrobble": scrobble,
    ]

    /// A star on a song is love, which its listener's lists go by; stars on albums and artists are only kept.
    private static func star(_ call: SubsonicCall, isStarred: Bool) async throws
        -> SubsonicRoutes.Answer
    {
        let parameters = call.parameters
        let ids = ["id", "albumId", "artistId"].flatMap(parameters.all)
        guard !ids.isEmpty else { throw SubsonicError.missing("id, albumId or artistId") }
        guard ids.count <= 1000 else { throw SubsonicError.wrong("id", "at most 1000 ids") }
        // All of them are looked at before the first is changed.
        let (songs, others) = try await call.read { view in
            var songs: [Track] = []
            var others: [String] = []
            for id in ids {
                switch SubsonicID(id) {
                case .song?: songs.append(try view.song(id))
                case .album?: others.append(try view.album(id).id)
                case .artist?: others.append(try view.artist(id).id)
                case nil: throw SubsonicError.unknown("song, album or artist", id)
                }
            }
            // What is hated is not loved already: taking a star away leaves hate.
            return (
                songs.filter { isStarred || (view.opinions[$0.recording]?.score ?? 0) > 0 }, others
            )
        }
        for track in songs {
            try await call.parts.inbox.setFeedback(
                listener: call.user.listener, trackID: track.id ?? 0, score: isStarred ? 1 : 0)
        }
        let now = Date()
        try await call.state.marks.change(others, of: call.user.owner) {
            $0.starred = isStarred ? $0.starred ?? now : nil
        }
        return .empty
    }

    /// One star on a song is "not for me"; more take that back and are kept, 0 takes the rating away.
    private static func setRating(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        let text = try call.parameters.required("rating")
        guard let rating = Int(text), (0...5).contains(rating) else {
            throw SubsonicError.wrong("rating", "from 0 to 5")
        }
        var kept = rating
        switch SubsonicID(id) {
        case .song?:
            let (track, isHated) = try await call.read { view in
                let track = try view.song(id)
                return (track, view.isHated(track))
            }
            if rating == 1 || isHated {
                try await call.parts.inbox.setFeedback(
                    listener: call.user.listener, trackID: track.id ?? 0,
                    score: rating == 1 ? -1 : 0)
            }
            // Hate says it already.
            if rating == 1 { kept = 0 }
        case .album?: _ = try await call.read { _ = try $0.album(id) }
        case .artist?: _ = try await call.read { _ = try $0.artist(id) }
        case nil: throw SubsonicError.unknown("song, album or artist", id)
        }
        try await call.state.marks.change([id], of: call.user.owner) { [kept] in
            $0.rating = kept
        }
        return .empty
    }

    private static func scrobble(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let parameters = call.parameters
        let ids = parameters.all("id")
        guard !ids.isEmpty else { throw SubsonicError.missing("id") }
        guard ids.count <= 1000 else { throw SubsonicError.wrong("id", "at most 1000 ids") }
        let isSubmission = try parameters.flag("submission", true)
        let now = Date()
        let latest = Int64(now.timeIntervalSince1970) + 86400
        let times = try parameters.all("time").map { text in
            guard let milliseconds = Int64(text), milliseconds >= 0, milliseconds / 1000 <= latest
            else { throw SubsonicError.wrong("time", "milliseconds since 1970, not in the future") }
            return milliseconds / 1000
        }
        let tracks = try await call.read { view in try ids.map(view.song) }
        if isSubmission {
            let listens = tracks.enumerated().map { i, track in
                NewListen(
                    listener: call.user.listener,
                    time: i < times.count ? times[i] : Int64(now.timeIntervalSince1970),
                    reference: track.reference, trackID: track.id)
            }
            try await call.parts.inbox.submit(listens)
        } else if let track = tracks.last {
            call.state.nowPlaying.set(
                call.user, track.reference, track: track, player: parameters["c"] ?? "player",
                seconds: track.durationSeconds)
        }
        return .empty
    }
}
