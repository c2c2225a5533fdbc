import Foundation
import Library

/// Whether the server is there, who asks, what it can do, and scans.
enum SubsonicSystem {
    static let extensions: SubsonicNode = [
        "openSubsonicExtensions": .nodes(
            [
                "apiKeyAuthentication", "formPost", "indexBasedQueue", "songLyrics",
                "sonicSimilarity", "transcodeOffset",
            ].map { ["name": .text($0), "versions": .numbers([1])] })
    ]

    static let handlers: [String: SubsonicRoutes.Handler] = [
        "ping": { _ in .empty },
        "getLicense": { _ in .node(["license": .node(["valid": .flag(true)])]) },
        "getUser": user, "getUsers": users,
        "tokenInfo": { .node(["tokenInfo": .node(["username": .text($0.user.name)])]) },
        "startScan": startScan, "getScanStatus": { .node(try await scanStatus($0)) },
    ]

    private static func user(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let name = try call.parameters.required("username")
        if call.parts.configuration.isOpen || name.lowercased() == call.user.name.lowercased() {
            return .node(["user": .node(node(call.user))])
        }
        try call.requireAdmin()
        guard let account = try await call.parts.accounts.account(name),
            let other = PlayerUser(account.auth(.credentials))
        else { throw SubsonicError.unknown("user", name) }
        return .node(["user": .node(node(other))])
    }

    private static func users(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        try call.requireAdmin()
        var all = [call.user]
        if !call.parts.configuration.isOpen {
            all = try await call.parts.accounts.accounts().compactMap {
                PlayerUser($0.auth(.credentials))
            }
        }
        return .node(["users": .node(["user": .nodes(all.map(node))])])
    }

    private static func node(_ user: PlayerUser) -> SubsonicNode {
        [
            "username": .text(user.name), "scrobblingEnabled": .flag(true),
            "adminRole": .flag(user.isAdmin), "settingsRole": .flag(false),
            "downloadRole": .flag(true), "uploadRole": .flag(false), "playlistRole": .flag(true),
            "coverArtRole": .flag(false), "commentRole": .flag(false), "podcastRole": .flag(false),
            "streamRole": .flag(true), "jukeboxRole": .flag(false), "shareRole": .flag(false),
            "videoConversionRole": .flag(false), "folder": .numbers([SubsonicBrowsing.folderID]),
        ]
    }

    private static func startScan(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        try call.requireAdmin()
        let roots = call.parts.library.current.roots
        guard !roots.isEmpty else {
            throw SubsonicError(
                .generic, "there is nothing to scan; run `coldwave scan FOLDER` once")
        }
        do {
            _ = try await call.parts.jobs.start(.scan, paths: roots)
        } catch APIError.conflict {
            // A job runs already: its state is the answer.
        }
        return .node(try await scanStatus(call))
    }

    private static func scanStatus(_ call: SubsonicCall) async throws -> SubsonicNode {
        let isScanning = await call.parts.jobs.all.contains {
            $0.kind == .scan && $0.state == .running
        }
        let count = try await call.read { $0.index.songs.count }
        return ["scanStatus": .node(["scanning": .flag(isScanning), "count": .int(count)])]
    }
}
