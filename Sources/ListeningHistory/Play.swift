import Foundation

/// What a listening file calls a song: whatever identifiers it has.
public struct SongReference: Hashable, Codable, Sendable {
    /// The file's own id: a data set's song id, or a file name's stem.
    public var id: String?
    public var artist: String?
    public var title: String?
    public var album: String?
    public var recordingMBID: String?
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
    /// When; nil for counts.
    public var time: Date?

    public init(listener: String, reference: SongReference, count: Int = 1, time: Date? = nil) {
        self.listener = listener
        self.reference = reference
        self.count = count
        self.time = time
    }
}

/// A row that could not be read.
public struct Rejection: Equatable, Sendable {
    /// From 1; for JSON arrays the element's number.
    public let line: Int
    public let reason: String
}

/// What reading a file came to.
public struct ReadSummary: Equatable, Sendable {
    public let format: HistoryFormat
    public var plays = 0
    /// Rows left out on purpose: skipped songs, podcasts, private sessions.
    public var filtered = 0
    public var rejected = 0
}

/// The formats that are read.
public enum HistoryFormat: String, CaseIterable, Codable, Sendable {
    /// `listener, song, count` by tab or comma, no header.
    case triplets
    /// A header, then rows by comma, semicolon or tab.
    case csv
    /// HetRec 2011 Last.fm `user_artists.dat`.
    case hetrec
    /// ListenBrainz JSON lines (export, dump).
    case listenbrainz
    /// Spotify's extended streaming history.
    case spotify
    /// Spotify's short streaming history.
    case spotifyShort = "spotify-short"
    /// Last.fm API `user.getRecentTracks`.
    case lastfm
    /// Audioscrobbler portable player log.
    case scrobblerLog = "scrobbler-log"
}

/// What can go wrong with a listening file as a whole.
public enum HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case unknownFormat(path: String)
    case empty(path: String)
    case noListener(path: String, format: String)
    case notJSON(path: String, reason: String)
    case badHeader(path: String, got: [String])
    case tooLarge(path: String, bytes: Int)
    case bomb(path: String, packed: Int, unpacked: Int)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .unknownFormat(let path):
            "\(path) is in no listening format Coldwave knows (tried "
                + HistoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
                + "). If it is one of them, name it with --format."
        case .empty(let path): "\(path) is empty."
        case .noListener(let path, let format):
            "\(path) (\(format)) does not say whose history it is; add --listener NAME."
        case .notJSON(let path, let reason):
            "\(path) is not whole JSON: \(reason). Export or copy it again."
        case .badHeader(let path, let got):
            "\(path) has the columns \(got.joined(separator: ", ")); needed are a song (song, track, item, id, or artist and "
                + "title) and, unless --listener is given, a listener (listener, user)."
        case .tooLarge(let path, let bytes):
            "\(path) holds over \(bytes) bytes of JSON in one piece; split it."
        case .bomb(let path, let packed, let unpacked):
            "\(path) unpacks to absurdly much: over \(unpacked) bytes from \(packed); no listening history packs so well. "
                + "If it is one, unpack it yourself and import what comes out."
        }
    }
}
