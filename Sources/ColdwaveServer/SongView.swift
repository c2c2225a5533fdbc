import Foundation
import Library

/// A song as the API shows it.
struct SongView: Encodable, Sendable {
    let id: Int64
    let title: String
    let artist: String
    let album: String?
    /// Only for administrators: where files lie is nobody else's business.
    let path: String?
    let plays: Int
    let year: Int?
    let genres: [String]
    let durationSeconds: Double
    let hasCover: Bool
    let kind: String

    init(_ song: ListedSong, showsPath: Bool) {
        id = song.id
        title = song.title
        artist = song.artist
        album = song.album
        path = showsPath ? song.path : nil
        plays = song.plays
        year = song.year
        genres = Self.genres(song.genres)
        durationSeconds = song.durationSeconds
        hasCover = song.hasCover
        kind = song.kind.rawValue
    }

    init(_ track: Track, plays: Int, showsPath: Bool) {
        id = track.id ?? 0
        title = track.title
        artist = track.artist
        album = track.album
        path = showsPath ? track.path : nil
        self.plays = plays
        year = track.year
        genres = Self.genres(track.genres)
        durationSeconds = (track.durationSeconds * 1000).rounded() / 1000
        hasCover = track.hasCover
        kind = track.kind.rawValue
    }

    private static func genres(_ text: String) -> [String] {
        // Most songs have one.
        guard text.contains(";") || text.hasPrefix(" ") || text.hasSuffix(" ") else {
            return text.isEmpty ? [] : [text]
        }
        return text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}

/// An entry of a list, as `coldwave recommend --json` has it, with the whole song.
struct SuggestionView: Encodable, Sendable {
    let rank: Int
    let score: Float
    let track: SongView
    let because: [String]
    let reasons: ReasonsView?
}

/// What a score is made of: the parts that weigh most, and the others together.
struct ReasonsView: Encodable, Sendable {
    static let shown = 10
    let parts: [Reasons.Part]
    /// The sum of the parts that are not shown.
    let rest: Double
    let fromPlays: Double?
    let fromSound: Double?
    let heard: [HeardFilter]

    init(_ reasons: Reasons) {
        parts = Array(reasons.parts.prefix(Self.shown))
        rest = reasons.parts.dropFirst(Self.shown).reduce(0) { $0 + $1.share }
        fromPlays = reasons.fromPlays
        fromSound = reasons.fromSound
        heard = reasons.heard
    }
}

struct SuggestionList: Encodable, Sendable {
    var listener: String?
    let suggestions: [SuggestionView]
}

/// A value that is there as `null` rather than left out.
struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    let value: Value?
    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension LibrarySnapshot {
    func view(_ track: Track, for auth: AuthContext?) throws -> SongView {
        SongView(
            track, plays: try plays(of: track.id ?? 0), showsPath: auth?.isAdmin ?? false)
    }

    func views(_ list: [Suggestion], for auth: AuthContext?) -> [SuggestionView] {
        let showsPath = auth?.isAdmin ?? false
        return list.compactMap { item in
            guard let song = recommender?.listed(item.track.id) else { return nil }
            return SuggestionView(
                rank: item.rank, score: item.score, track: SongView(song, showsPath: showsPath),
                because: item.because, reasons: item.reasons.map(ReasonsView.init))
        }
    }
}

/// The shapes of the above, for the OpenAPI document.
extension JSONSchema {
    static let songMembers: [String: JSONSchema] = [
        "id": .integer(), "title": .string(), "artist": .string(), "album?": .string(),
        "path?": .string(), "plays": .integer(), "year?": .integer(),
        "genres": .array(.string()), "durationSeconds": .number(), "hasCover": .boolean,
        "kind": .oneOf(["song", "silence", "interlude"]), "starred?": .boolean,
    ]
    static let components: [String: JSONSchema] = [
        "Song": .object(songMembers),
        "Suggestion": .object([
            "rank": .integer(), "score": .number(), "track": .named("Song"),
            "because": .array(.string()), "reasons?": .named("Reasons"),
        ]),
        "Reasons": .object([
            "parts": .array(
                .object(["listener": .string(), "song": .string(), "share": .number()])),
            "rest": .number(), "fromPlays?": .number(), "fromSound?": .number(),
            "heard": .array(
                .object([
                    "unit": .string(), "label": .string(), "second": .number(),
                    "deviations": .number(),
                ])),
        ]),
        "Error": .object([
            "error": .object(["code": .string(), "message": .string(), "next?": .string()])
        ]),
    ]
    static let song = JSONSchema.named("Song")
    static let songs = JSONSchema.array(.named("Song"))
    static let suggestions = JSONSchema.array(.named("Suggestion"))
}
