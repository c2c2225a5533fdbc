import Foundation
import Library

/// The queue that goes along from player to player, by songs and (extension `indexBasedQueue`) by places.
enum SubsonicPlayQueue {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "getPlayQueue": { try await get($0, "playQueue", byIndex: false) },
        "getPlayQueueByIndex": { try await get($0, "playQueueByIndex", byIndex: true) },
        "savePlayQueue": { try await save($0, byIndex: false) },
        "savePlayQueueByIndex": { try await save($0, byIndex: true) },
    ]
    private static let most = 10_000

    private static func get(_ call: SubsonicCall, _ name: String, byIndex: Bool) async throws
        -> SubsonicRoutes.Answer
    {
        guard let queue = try await call.state.queues.queue(of: call.user.owner) else {
            return .empty
        }
        let user = call.user.name
        return .node(
            try await call.read { view in
                let tracks = try view.snapshot.tracks(queue.songs)
                let current = queue.current.flatMap {
                    queue.songs.indices.contains($0) ? queue.songs[$0] : nil
                }
                // Songs may have left the library meanwhile.
                let place = tracks.firstIndex { $0.id == current }
                var node: SubsonicNode = [
                    "position": .int(queue.position), "username": .text(user),
                    "changed": .text(LibraryView.date(queue.changed)),
                    "changedBy": .text(queue.changedBy),
                ]
                if let place {
                    node.add(
                        byIndex ? "currentIndex" : "current",
                        byIndex
                            ? .int(
                                tracks.count == queue.songs.count ? queue.current ?? place : place)
                            : .text(SubsonicID.song(tracks[place])))
                }
                node.add("entry", view.children(tracks))
                return [name: .node(node)]
            })
    }

    private static func save(_ call: SubsonicCall, byIndex: Bool) async throws
        -> SubsonicRoutes.Answer
    {
        let parameters = call.parameters
        let ids = parameters.all("id")
        guard !ids.isEmpty else {
            try await call.state.queues.save(nil, of: call.user.owner)
            return .empty
        }
        guard ids.count <= most else { throw SubsonicError.wrong("id", "at most \(most) ids") }
        let songs = try await call.read { view in try ids.map { try view.song($0).id ?? 0 } }
        let current: Int?
        if byIndex {
            let place = try parameters.int("currentIndex")
            guard let place, ids.indices.contains(place) else {
                throw SubsonicError.wrong("currentIndex", "a place in the queue, from 0")
            }
            current = place
        } else if let id = parameters["current"] {
            guard let place = ids.firstIndex(of: id) else {
                throw SubsonicError.wrong("current", "one of the queue's songs")
            }
            current = place
        } else {
            current = nil
        }
        let position = try parameters.int("position", 0, in: 0...Int(Int32.max))
        try await call.state.queues.save(
            PlayQueueStore.Queue(
                songs: songs, current: current, position: position, changed: Date(),
                changedBy: String((parameters["c"] ?? "player").prefix(100))), of: call.user.owner)
        return .empty
    }
}
