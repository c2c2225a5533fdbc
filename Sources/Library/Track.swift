import AudioFeatures
import Foundation
import GRDB
import ListeningHistory

/// One audio file of the library: who and what it is, and where its spectrogram lies.
public struct Track: Codable, Equatable, Sendable, FetchableRecord, MutablePersistableRecord {
    public static let databaseTableName = "track"
    public var id: Int64?
    public var path: String
    /// The path below the scanned root, for matching plays that name files.
    public var relativePath: String
    /// The file name without its extension.
    public var stem: String
    public var size: Int64
    /// Modification time, seconds since 1970.
    public var modified: Double
    /// Hash of the compressed audio alone: survives renaming and re-tagging.
    public var contentHash: String
    public var title: String
    public var artist: String
    public var albumArtist: String?
    public var album: String?
    public var trackNumber: Int?
    public var discNumber: Int?
    public var year: Int?
    /// Genres, separated by "; ".
    public var genres: String
    public var recordingMBID: String?
    public var releaseMBID: String?
    public var isrc: String?
    public var spotifyURI: String?
    public var matchKey: String
    public var codec: String
    public var channels: Int
    public var sampleRate: Int
    public var durationSeconds: Double
    public var excerptStartSeconds: Double
    public var shard: Int
    public var shardOffset: Int64
    public var frames: Int
    /// True when the song is shorter than one window of the network and was heard with padding.
    public var padded: Bool
    public var warnings: String
    /// True when the file was gone at the last scan.
    public var missing: Bool
    /// MusicBrainz artist ids, separated by "; ".
    public var artistMBIDs: String
    /// ReplayGain, dB.
    public var trackGain: Double?
    public var hasCover: Bool
    /// Which part was heard, as ``Excerpt/text``.
    public var excerpt: String
    /// Share of what was heard that is no silence, 0…1.
    public var audibleShare: Double
    public var kind: SongKind
    /// The same for all files of one recording: the content hash of the first of them.
    public var recording: String
    /// ``Fingerprint``'s, as ``SignatureBytes``; nil for silence.
    var signature: Data?
    /// Whether the track was compared with the others already.
    var compared: Bool
    /// English names of the languages sung in, separated by "; "; nil where the tags were read before languages were kept.
    public var languages: String?

    public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    /// "Artist - Title".
    public var name: String { "\(artist) - \(title)" }

    /// Changes when what was heard does.
    var soundDigest: String {
        excerpt == Excerpt.standard.text ? contentHash : contentHash + " " + excerpt
    }
}

extension Track {
    /// Tags that name no artist or title are replaced by the folder's and the file's names.
    mutating func apply(_ tags: AudioTags, path: String) {
        let file = URL(fileURLWithPath: path)
        let folder = file.deletingLastPathComponent().lastPathComponent
        title = tags.title ?? stem
        artist =
            tags.artists.isEmpty ? tags.albumArtist ?? folder : tags.artists.joined(separator: ", ")
        albumArtist = tags.albumArtist
        album = tags.album
        trackNumber = tags.trackNumber
        discNumber = tags.discNumber
        year = tags.year
        genres = tags.genres.joined(separator: "; ")
        languages = tags.languages.joined(separator: "; ")
        recordingMBID = tags.recordingMBID?.lowercased()
        releaseMBID = tags.releaseMBID?.lowercased()
        isrc = tags.isrc?.uppercased()
        spotifyURI = tags.spotifyURI
        artistMBIDs = tags.artistMBIDs.joined(separator: "; ").lowercased()
        trackGain = tags.trackGain
        matchKey = MatchKey.normalize(artist: artist, title: title)
    }
}
