import Hummingbird
import Library

/// Songs: the list, one of them, and those near it.
struct TrackRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct TrackList: Encodable {
        let total: Int
        let tracks: [SongView]
    }

    var endpoints: [Endpoint] { [list, detail, similar, spectrogram, audio, cover] }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "tracks", about: "Songs, by artist, album and number",
            parameters: [
                .text("query", "Words of artist, title or album"), .limit, .offset,
                .choice("sort", TrackOrder.allCases.map(\.rawValue), "artist", "By what"),
            ], answer: .json(.object(["total": .integer(), "tracks": .songs]))
        ) { call in
            let auth = call.context.auth
            let (query, limit, offset) = (
                call.text("query") ?? "", call.int("limit", or: 50), call.int("offset", or: 0)
            )
            let order = call.text("sort").flatMap(TrackOrder.init(rawValue:)) ?? .artist
            return .json(
                try await parts.library.read { snapshot in
                    let page = try snapshot.catalogue.tracks(
                        matching: query, order: order, limit: limit, offset: offset)
                    return TrackList(
                        total: page.total,
                        tracks: try page.items.map { try snapshot.view($0, for: auth) })
                })
        }
    }

    private var similar: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/similar", about: "The nearest songs by cosine",
            parameters: [.count], answer: .json(.object(["suggestions": .suggestions])),
            failures: [404, 409]
        ) { call in
            let (id, count, auth) = (call.id("id"), call.int("count", or: 20), call.context.auth)
            return try await parts.library.rank { snapshot in
                // What is not in the recommender's memory may have come since.
                let recommender = try? snapshot.requireRecommender()
                let list =
                    try recommender?.similar(to: id, count: count)
                    ?? snapshot.similar(to: snapshot.requireTrack(id), count: count)
                return .json(SuggestionList(suggestions: snapshot.views(list, for: auth)))
            }
        }
    }

    private struct Detail: Encodable {
        struct Factors: Encodable {
            let fromSound: OrNull<[Float]>
            let fromPlays: OrNull<[Float]>
        }
        let song: SongView
        let track: Track
        let factors: Factors
        private enum Key: String, CodingKey {
            case codec, sampleRate, channels, recordingMBID, factors
        }

        func encode(to encoder: any Encoder) throws {
            try song.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(track.codec, forKey: .codec)
            try container.encode(track.sampleRate, forKey: .sampleRate)
            try container.encode(track.channels, forKey: .channels)
            try container.encode(OrNull(track.recordingMBID), forKey: .recordingMBID)
            try container.encode(factors, forKey: .factors)
        }
    }

    private var detail: Endpoint {
        let place = JSONSchema.nullable(.array(.number()))
        return Endpoint(
            method: .get, path: "tracks/{id}",
            about: "A song, and its place in the taste space by its sound and by its plays",
            answer: .json(
                .object(
                    JSONSchema.songMembers.merging([
                        "codec": .string(), "sampleRate": .integer(), "channels": .integer(),
                        "recordingMBID": .nullable(.string()),
                        "factors": .object(["fromSound": place, "fromPlays": place]),
                    ]) { $1 })), failures: [404]
        ) { call in
            let (id, auth) = (call.id("id"), call.context.auth)
            return .json(
                try await parts.library.read { snapshot in
                    let track = try snapshot.requireTrack(id)
                    let factors = try snapshot.recommender?.factors(of: track)
                    return Detail(
                        song: try snapshot.view(track, for: auth), track: track,
                        factors: .init(
                            fromSound: OrNull(factors?.fromSound),
                            fromPlays: OrNull(factors?.fromPlays)))
                })
        }
    }

    private var spectrogram: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/spectrogram",
            about:
                "What was heard of a song: time to the right, low notes at the foot; X-Seconds tells its start and end in the file",
            answer: .bytes("image/png"), failures: [404, 503]
        ) { call in
            let id = call.id("id")
            let picture = try await parts.library.read { snapshot in
                try snapshot.catalogue.spectrogramPicture(of: snapshot.requireTrack(id))
            }
            guard let picture else {
                throw APIError.notFound("no spectrogram of track \(id) is kept", next: "scan again")
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "image/png", .cacheControl: "private, max-age=3600",
                    .excerptSeconds: String(format: "%.3f-%.3f", picture.start, picture.end),
                ], body: .init(byteBuffer: ByteBuffer(bytes: picture.png)))
        }
    }

    private var audio: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/audio",
            about: "A song's file, with ranges; with `format` transcoded as it plays",
            parameters: [
                .choice("format", AudioFile.Format.allCases.map(\.rawValue), nil, "Transcode to"),
                .integer("bitrate", 32...320, 128, "kbit/s of what is transcoded"),
                .integer("start", 0...86400, 0, "Seconds into the song, of what is transcoded"),
            ], answer: .bytes("audio/*", "application/octet-stream", about: "The whole of it"),
            otherAnswers: [
                .init(
                    status: 206, content: ["audio/*": .string(format: "binary")],
                    about: "The range asked for"),
                .init(status: 304, about: "It has not changed"),
            ], failures: [404, 416, 422, 503]
        ) { call in
            let id = call.id("id")
            let track = try await parts.library.read { try $0.requireTrack(id) }
            return try await AudioFile.response(
                track, call.request, parts,
                format: call.text("format").flatMap(AudioFile.Format.init(rawValue:)),
                bitrate: call.int("bitrate", or: 128), start: Double(call.int("start", or: 0)))
        }
    }

    private var cover: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/cover", about: "A song's picture",
            parameters: [
                .integer("size", 16...4096, nil, "At least so many pixels wide; nothing: as it is")
            ],
            answer: .bytes("image/jpeg", "image/png", "image/gif", "image/webp"),
            otherAnswers: [.init(status: 304, about: "It has not changed")], failures: [404]
        ) { call in
            let id = call.id("id")
            let track = try await parts.library.read { try $0.requireTrack(id) }
            return try await CoverArt.response(track, call.request, parts, size: call.int("size"))
        }
    }
}
