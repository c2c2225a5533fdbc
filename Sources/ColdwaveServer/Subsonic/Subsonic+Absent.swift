import Foundation

/// What the protocol has and this server has none of: empty lists where players read, a refusal where they write.
enum SubsonicAbsent {
    static let handlers: [String: SubsonicRoutes.Handler] = {
        var handlers: [String: SubsonicRoutes.Handler] = [
            "getLyrics": { call in
                var lyrics: SubsonicNode = [
                    "artist": call.parameters["artist"].map(SubsonicValue.text),
                    "title": call.parameters["title"].map(SubsonicValue.text),
                ]
                lyrics.content = ""
                return .node(["lyrics": .node(lyrics)])
            },
            "getLyricsBySongId": { call in
                let id = try call.parameters.required("id")
                return .node(
                    try await call.read { view in
                        _ = try view.song(id)
                        return ["lyricsList": .node(["structuredLyrics": .nodes([])])]
                    })
            },
        ]
        for (name, outer, inner) in [
            ("getBookmarks", "bookmarks", "bookmark"), ("getShares", "shares", "share"),
            ("getPodcasts", "podcasts", "channel"),
            ("getNewestPodcasts", "newestPodcasts", "episode"),
            ("getInternetRadioStations", "internetRadioStations", "internetRadioStation"),
            ("getVideos", "videos", "video"), ("getChatMessages", "chatMessages", "chatMessage"),
        ] {
            handlers[name] = { _ in
                var node = SubsonicNode()
                node.add(inner, .nodes([]))
                return .node([outer: .node(node)])
            }
        }
        for name in [
            "createBookmark", "deleteBookmark", "createShare", "updateShare", "deleteShare",
            "createPodcastChannel", "deletePodcastChannel", "deletePodcastEpisode",
            "downloadPodcastEpisode", "refreshPodcasts", "createInternetRadioStation",
            "updateInternetRadioStation", "deleteInternetRadioStation", "addChatMessage",
            "createUser", "updateUser", "deleteUser", "changePassword", "jukeboxControl",
        ] {
            handlers[name] = { _ in
                throw SubsonicError(.notAllowed, "this server does not offer \(name)")
            }
        }
        for name in ["getVideoInfo", "getCaptions", "hls", "getAvatar", "getPodcastEpisode"] {
            handlers[name] = { call in
                throw SubsonicError(.notFound, "this server has nothing for \(name)")
            }
        }
        return handlers
    }()
}
