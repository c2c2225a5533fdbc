import Foundation

/// What a listening file calls a song: whatever identifiers it has.
public struct SongReference: Hashable, Codable, Sendable {
    /// The file's own id: a data set's song id, or a file name's stem.
    public var id: String?
    public var artist: String?
    public var title: String?
    public var album: String?
    public var recordingMBID: String?
    /// `spotify:track:ID`.
    public var spotifyURI: String?
    public var isrc: String?
    public var path: String?

    public init(
        id: String? = nil, artist: String? = nil, title: String? = nil, album: String? = nil,
        recordingMBID: String? = nil, spotifyURI: String? = nil, isrc: String? = nil,
        path: String? = nil
    ) {
        self.id = id
        self.artist = artist
        self.title = title
        self.album = album
        self.recordingMBID = recordingMBID
        self.spotifyURI = spotifyURI
        self.isrc = isrc
        self.path = path
    }

    /// Whether there is anything to know the song by.
    var isUsable: Bool {
        id != nil || recordingMBID != nil || spotifyURI != nil || isrc != nil || path != nil
            || (artist != nil && title != nil)
    }
}

/// A listener's listen of a song, or their count of listens.
public struct Play: Equatable, Sendable {
    public var listener: String
    public var reference: SongReference
    /// 1 or more.
    public var count: Int
    /// When; nil for counts and for listens without a date.
    public var time: Date?

    public init(listener: String, reference: SongReference, count: Int = 1, time: Date? = nil) {
        self.listener = listener
        self.reference = reference
        self.count = count
        self.time = time
    }
}

/// What a listener said of a song.
public struct Feedback: Equatable, Sendable {
    public var listener: String
    public var reference: SongReference
    /// 1 loves it, -1 hates it, 0 takes back what was said before.
    public var score: Int
    /// When; nil if the file does not say.
    public var time: Date?

    public init(listener: String, reference: SongReference, score: Int, time: Date? = nil) {
        self.listener = listener
        self.reference = reference
        self.score = score
        self.time = time
    }
}

/// A song that a listener turned away from before it had really begun.
public struct Skip: Equatable, Sendable {
    public var listener: String
    public var reference: SongReference
    /// When; nil if the file does not say.
    public var time: Date?

    public init(listener: String, reference: SongReference, time: Date? = nil) {
        self.listener = listener
        self.reference = reference
        self.time = time
    }
}

/// A song of a listener's playlist.
public struct PlaylistEntry: Equatable, Sendable {
    public var listener: String
    public var playlist: String
    /// From 0.
    public var position: Int
    public var reference: SongReference

    public init(listener: String, playlist: String, position: Int, reference: SongReference) {
        self.listener = listener
        self.playlist = playlist
        self.position = position
        self.reference = reference
    }
}

/// What a row of a listening file says.
public enum HistoryItem: Equatable, Sendable {
    case play(Play)
    case feedback(Feedback)
    case skip(Skip)
    case playlistEntry(PlaylistEntry)
}

/// A row that could not be read.
public struct Rejection: Equatable, Sendable {
    /// The file inside an archive; nil where there is none.
    public let member: String?
    /// From 1; for JSON arrays the element's number.
    public let line: Int
    public let reason: String

    public init(member: String? = nil, line: Int, reason: String) {
        self.member = member
        self.line = line
        self.reason = reason
    }
}
