import Foundation
import Library

/// Playlists: those users make, and Coldwave's own, which are made anew whenever somebody looks.
enum SubsonicPlaylists {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "getPlaylists": list, "getPlaylist": one, "createPlaylist": create,
        "updatePlaylist": update, "deletePlaylist": delete,
    ]

    static func id(_ number: Int64) -> String { "pl-\(number)" }

    private static func number(_ id: String) throws -> Int64 {
        if MadePlaylist(rawValue: id) != nil {
            throw SubsonicError(
                .notAllowed, "Coldwave makes this playlist itself; it cannot be changed")
        }
        if id.hasPrefix(ImportedPlaylist.prefix) {
            throw SubsonicError(
                .notAllowed, "this playlist was imported; importing it again changes it")
        }
        guard id.hasPrefix("pl-"), let number = Int64(id.dropFirst(3)), number > 0 else {
            throw SubsonicError.unknown("playlist", id)
        }
        return number
    }

    private static func saved(_ id: String, _ call: SubsonicCall) async throws -> SavedPlaylist {
        let number = try number(id)
        guard let list = try await call.parts.playlists.playlist(number, of: call.user.owner) else {
            throw SubsonicError.unknown("playlist", id)
        }
        return list
    }

    private static func node(
        _ list: SavedPlaylist, _ tracks: [Track], _ user: PlayerUser, _ view: LibraryView
    ) -> SubsonicNode {
        let comment = view.marks[id(list.id)]?.comment
        return [
            "id": .text(id(list.id)), "name": .text(list.title),
            "comment": comment.map(SubsonicValue.text), "owner": .text(user.name),
            "public": .flag(false), "songCount": .int(tracks.count),
            "duration": .int(Int(tracks.reduce(0) { $0 + $1.durationSeconds }.rounded())),
            "created": .text(LibraryView.date(list.created)),
            "changed": .text(LibraryView.date(list.changed)),
            "coverArt": tracks.first.map { .text(SubsonicID.song($0)) },
            "readonly": .flag(false),
        ]
    }

    private static func list(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        if let name = call.parameters["username"], name.lowercased() != call.user.name.lowercased(),
            !call.parts.configuration.isOpen
        {
            throw SubsonicError(.notAllowed, "everybody's playlists are their own")
        }
        let saved = try await call.parts.playlists.list(of: call.user.owner)
        let user = call.user
        return .node(
            try await call.read { view in
                let made = try MadePlaylist.allCases.compactMap { list -> SubsonicNode? in
                    let tracks = try list.tracks(view, user)
                    return tracks.isEmpty ? nil : list.node(tracks, user)
                }
                let others = try saved.map {
                    node($0, try view.snapshot.tracks($0.tracks), user, view)
                }
                let imported = try ImportedPlaylist.all(view, user).map {
                    $0.node(try view.snapshot.tracks($0.tracks), user)
                }
                return ["playlists": .node(["playlist": .nodes(made + others + imported)])]
            })
    }

    private static func one(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        .node(try await full(call.parameters.required("id"), call))
    }

    private static func full(_ id: String, _ call: SubsonicCall) async throws -> SubsonicNode {
        let user = call.user
        if let made = MadePlaylist(rawValue: id) {
            return try await call.read { view in
                let tracks = try made.tracks(view, user)
                var node = made.node(tracks, user)
                node.add("entry", view.children(tracks))
                return ["playlist": .node(node)]
            }
        }
        if id.hasPrefix(ImportedPlaylist.prefix) {
            return try await call.read { view in
                let list = try ImportedPlaylist.all(view, user).first { $0.id == id }
                guard let list else { throw SubsonicError.unknown("playlist", id) }
                let tracks = try view.snapshot.tracks(list.tracks)
                var node = list.node(tracks, user)
                node.add("entry", view.children(tracks))
                return ["playlist": .node(node)]
            }
        }
        let saved = try await saved(id, call)
        return try await call.read { view in
            let tracks = try view.snapshot.tracks(saved.tracks)
            var node = node(saved, tracks, user, view)
            node.add("entry", view.children(tracks))
            return ["playlist": .node(node)]
        }
    }

    /// - Throws: ``SubsonicError`` for an id of no song, or too many.
    private static func songs(_ ids: [String], _ call: SubsonicCall) async throws -> [Int64] {
        guard ids.count <= PlaylistRoutes.most else { throw tooLong }
        guard !ids.isEmpty else { return [] }
        return try await call.read { view in try ids.map { try view.song($0).id ?? 0 } }
    }

    private static var tooLong: SubsonicError {
        .init(.generic, "a playlist has at most \(PlaylistRoutes.most) songs")
    }

    private static func title(_ text: String) throws -> String {
        guard (1...200).contains(text.unicodeScalars.count), !text.unicodeScalars.contains("\0")
        else { throw SubsonicError.wrong("name", "1 to 200 characters long") }
        return text
    }

    /// With `playlistId` an existing one gets these songs instead of its own.
    private static func create(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let parameters = call.parameters
        let ids = parameters.all("songId")
        if let id = parameters["playlistId"] {
            let old = try await saved(id, call)
            let tracks = try await songs(ids, call)
            try await call.parts.playlists.update(
                old.id, of: call.user.owner, title: parameters["name"].map(title), tracks: tracks)
            return .node(try await full(id, call))
        }
        let name = try title(parameters.required("name"))
        let tracks = try await songs(ids, call)
        let number = try await call.parts.playlists.create(
            title: name, tracks: tracks, owner: call.user.owner)
        return .node(try await full(id(number), call))
    }

    private static func update(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let parameters = call.parameters
        let id = try parameters.required("playlistId")
        let old = try await saved(id, call)
        let added = try await songs(parameters.all("songIdToAdd"), call)
        let removed = Set(
            try parameters.all("songIndexToRemove").map { text in
                guard let place = Int(text), old.tracks.indices.contains(place) else {
                    throw SubsonicError.wrong(
                        "songIndexToRemove", "a place in the playlist, from 0")
                }
                return place
            })
        let tracks = old.tracks.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
        guard tracks.count + added.count <= PlaylistRoutes.most else { throw tooLong }
        let isSame = added.isEmpty && removed.isEmpty
        try await call.parts.playlists.update(
            old.id, of: call.user.owner, title: parameters["name"].map(title),
            tracks: isSame ? nil : tracks + added)
        if parameters.has("comment") {
            let comment = parameters["comment"].map { String($0.prefix(1000)) }
            try await call.state.marks.change([id], of: call.user.owner) { $0.comment = comment }
        }
        return .empty
    }

    private static func delete(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        let number = try number(id)
        try await call.parts.playlists.delete(number, of: call.user.owner)
        try await call.state.marks.change([id], of: call.user.owner) { $0.comment = nil }
        return .empty
    }
}

/// Coldwave's lists for a listener, as playlists that nobody can edit.
enum MadePlaylist: String, CaseIterable, Sendable {
    case weekly = "coldwave-weekly"
    case daily = "coldwave-daily"
    case new = "coldwave-new"
    case radio = "coldwave-radio"

    static let count = 50

    var title: String {
        switch self {
        case .weekly: "Coldwave: Weekly discovery"
        case .daily: "Coldwave: Daily mix"
        case .new: "Coldwave: New for you"
        case .radio: "Coldwave: Radio"
        }
    }

    var comment: String {
        switch self {
        case .weekly: "Songs you have not heard; other ones every Monday"
        case .daily: "What you love and some that is new; another mix every day"
        case .new: "Songs that nobody has played yet, by their sound"
        case .radio: "On and on from your taste; other songs every hour"
        }
    }

    /// - Returns: nothing where the library is not built, or for a listener who has played nothing yet.
    func tracks(_ view: LibraryView, _ user: PlayerUser, now: Date = Date()) throws -> [Track] {
        guard let recommender = view.snapshot.recommender else { return [] }
        let listener = user.listener
        do {
            let list: [Suggestion]
            switch self {
            case .weekly:
                list = try recommender.weeklyDiscovery(listener, count: Self.count, on: now)
            case .daily: list = try recommender.dailyMix(listener, count: Self.count, on: now)
            case .new:
                var request = RecommendationRequest()
                request.onlyNew = true
                request.count = Self.count
                list = try recommender.recommend(listener, request)
            case .radio:
                let hour = UInt64(max(0, now.timeIntervalSince1970 / 3600))
                return try recommender.radio(
                    from: recommender.seeds(placeOf: listener), after: [], listener: listener,
                    discovery: 0.5, count: Self.count, seed: hour
                ).filter { !view.isHated($0) }
            }
            return try list.compactMap { try recommender.track($0.track.id) }
        } catch LibraryError.unknownListener {
            return []
        } catch LibraryError.nothingToDo {
            return []
        }
    }

    func node(_ tracks: [Track], _ user: PlayerUser, now: Date = Date()) -> SubsonicNode {
        let began = Date(
            timeIntervalSince1970: (now.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
        return [
            "id": .text(rawValue), "name": .text(title), "comment": .text(comment),
            "owner": .text(user.name), "public": .flag(false), "songCount": .int(tracks.count),
            "duration": .int(Int(tracks.reduce(0) { $0 + $1.durationSeconds }.rounded())),
            "created": .text(LibraryView.date(began)), "changed": .text(LibraryView.date(now)),
            "coverArt": tracks.first.map { .text(SubsonicID.song($0)) },
            "readonly": .flag(true),
            "validUntil": .text(LibraryView.date(began.addingTimeInterval(3600))),
        ]
    }
}
