import Foundation
import Hummingbird
import Library
import Recommendation

/// Playlists that users make.
struct PlaylistRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct Summary: Encodable {
        let id: Int64
        let title: String
        let songs: Int
        let changed: String

        init(_ list: SavedPlaylist) {
            id = list.id
            title = list.title
            songs = list.tracks.count
            changed = list.changed.formatted(.iso8601)
        }
    }
    private struct SummaryList: Encodable { let playlists: [Summary] }
    private struct Full: Encodable {
        let id: Int64
        let title: String
        let changed: String
        let tracks: [SongView]
    }
    private struct New: Decodable {
        let title: String
        let tracks: [Int64]
    }

    private static let summary = JSONSchema.object([
        "id": .integer(), "title": .string(), "songs": .integer(), "changed": .string(),
    ])
    static let most = 10_000

    var endpoints: [Endpoint] { [list, create, one, delete, file] }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "playlists", about: "One's own playlists",
            answer: .json(.object(["playlists": .array(Self.summary)]))
        ) { call in
            let lists = try await parts.playlists.list(of: call.owner)
            return .json(SummaryList(playlists: lists.map(Summary.init)))
        }
    }

    private var create: Endpoint {
        Endpoint(
            method: .post, path: "playlists", about: "Keeps a playlist",
            body: .object([
                "title": .string(length: 1...200),
                "tracks": .array(
                    .integer(0...9_007_199_254_740_991), count: 0...Self.most),
            ]), answer: .json(Self.summary, status: 201), failures: [404, 422]
        ) { call in
            let new = try await call.body(New.self)
            guard (1...200).contains(new.title.unicodeScalars.count),
                !new.title.unicodeScalars.contains("\0")
            else { throw APIError.unprocessable("a title has 1 to 200 characters") }
            guard new.tracks.count <= Self.most else {
                throw APIError.unprocessable("a playlist has at most \(Self.most) songs")
            }
            try await parts.library.read { snapshot in
                for id in Set(new.tracks) { _ = try snapshot.requireTrack(id) }
            }
            let id = try await parts.playlists.create(
                title: new.title, tracks: new.tracks, owner: call.owner)
            return .json(Summary(try await find(id, call)), status: .created)
        }
    }

    private var one: Endpoint {
        Endpoint(
            method: .get, path: "playlists/{id}", about: "A playlist and its songs",
            answer: .json(
                .object([
                    "id": .integer(), "title": .string(), "changed": .string(), "tracks": .songs,
                ])), failures: [404]
        ) { call in
            let list = try await find(call.id("id"), call)
            let auth = call.context.auth
            return .json(
                try await parts.library.read { snapshot in
                    Full(
                        id: list.id, title: list.title,
                        changed: list.changed.formatted(.iso8601),
                        tracks: try snapshot.tracks(list.tracks).map {
                            try snapshot.view($0, for: auth)
                        })
                })
        }
    }

    private var delete: Endpoint {
        Endpoint(
            method: .delete, path: "playlists/{id}", about: "Throws a playlist away",
            answer: .empty, failures: [404]
        ) { call in
            try await parts.playlists.delete(call.id("id"), of: call.owner)
            return Response(status: .noContent)
        }
    }

    private var file: Endpoint {
        Endpoint(
            method: .get, path: "playlists/{id}/file",
            about:
                "A playlist as a file for other players; administrators get whole paths, others those below the scanned folder",
            parameters: [
                .choice("format", PlaylistFormat.allCases.map(\.rawValue), "m3u8", "Which format")
            ],
            answer: .init(
                content: [
                    "audio/x-mpegurl": .string(), "application/xspf+xml": .string(),
                    // A JSON document, by its name.
                    "application/jspf+json": .anything,
                ]),
            failures: [404]
        ) { call in
            let list = try await find(call.id("id"), call)
            let format = call.text("format").flatMap(PlaylistFormat.init(rawValue:)) ?? .m3u8
            let isAdmin = call.context.auth?.isAdmin ?? false
            let text = try await parts.library.read { snapshot in
                let songs = try snapshot.tracks(list.tracks).map { track in
                    PlaylistTrack(
                        path: isAdmin ? track.path : track.relativePath, title: track.title,
                        artist: track.artist, album: track.album,
                        durationSeconds: track.durationSeconds,
                        recordingMBID: track.recordingMBID)
                }
                return try PlaylistFile.render(songs, title: list.title, format: format)
            }
            let types: [PlaylistFormat: String] = [
                .m3u8: "audio/x-mpegurl", .xspf: "application/xspf+xml",
                .jspf: "application/jspf+json",
            ]
            return Response(
                status: .ok,
                headers: [
                    .contentType: types[format] ?? "text/plain",
                    .contentDisposition:
                        "attachment; filename=\"playlist-\(list.id).\(format.rawValue)\"",
                ], body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private func find(_ id: Int64, _ call: Call) async throws -> SavedPlaylist {
        guard let list = try await parts.playlists.playlist(id, of: call.owner) else {
            throw PlaylistStore.unknown(id)
        }
        return list
    }
}

extension Call {
    /// Whose playlists a request is about.
    var owner: String { context.auth?.user ?? "" }
}

extension LibrarySnapshot {
    /// Tracks by ids, any number of them; ids that are gone are left out.
    func tracks(_ ids: [Int64]) throws -> [Track] {
        try stride(from: 0, to: ids.count, by: 500).flatMap {
            try catalogue.tracks(ids: Array(ids[$0..<min(ids.count, $0 + 500)]))
        }
    }
}
