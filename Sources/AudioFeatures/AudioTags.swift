import Foundation

/// A file's tags with one meaning across formats.
public struct AudioTags: Codable, Equatable, Sendable {
    public var title: String?
    public var artists: [String] = []
    public var albumArtist: String?
    public var album: String?
    public var trackNumber: Int?
    public var discNumber: Int?
    public var year: Int?
    public var genres: [String] = []
    public var recordingMBID: String?
    public var releaseMBID: String?
    public var artistMBIDs: [String] = []
    public var isrc: String?
    public var spotifyURI: String?
    /// dB by which players should turn the track up.
    public var trackGain: Double?

    public init() {}

    /// From a file's raw tags. Formats spell the same tag differently (`MUSICBRAINZ_TRACKID`, `MusicBrainz Track Id`,
    /// `MusicBrainz/Track Id`); names are compared by their letters and digits alone.
    init(raw: [(key: String, value: String)]) {
        var byName: [String: String] = [:]
        for (key, value) in raw {
            let name = String(
                key.lowercased().unicodeScalars.filter { CharacterSet.alphanumerics.contains($0) })
            let text = value.trimmingCharacters(
                in: .whitespacesAndNewlines.union(.controlCharacters))
            if !text.isEmpty, byName[name] == nil { byName[name] = text }
        }
        func first(_ names: String...) -> String? { names.lazy.compactMap { byName[$0] }.first }
        func list(_ text: String?) -> [String] {
            (text ?? "").split(whereSeparator: { $0 == ";" || $0 == "\0" })
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        func number(_ text: String?) -> Int? { text.flatMap { Int($0.prefix { $0.isNumber }) } }
        title = first("title", "inam")
        artists = list(first("artists", "artist", "author", "iart"))
        albumArtist = first("albumartist", "wmalbumartist")
        album = first("album", "wmalbumtitle", "iprd")
        trackNumber = number(first("track", "tracknumber", "wmtracknumber"))
        discNumber = number(first("disc", "discnumber", "wmpartofset"))
        year = number(first("originaldate", "date", "year", "wmyear", "icrd")).flatMap {
            (1000...9999).contains($0) ? $0 : nil
        }
        genres = list(first("genre", "wmgenre", "ignr"))
        recordingMBID = first("musicbrainztrackid", "musicbrainzrecordingid")
        releaseMBID = first("musicbrainzalbumid")
        artistMBIDs = list(first("musicbrainzartistid"))
        isrc = first("isrc", "tsrc", "wmisrc")
        spotifyURI = first("spotifyuri", "spotifytrackuri")
        // "-7.03 dB"; Opus keeps 256ths of a decibel.
        trackGain =
            first("replaygaintrackgain").flatMap {
                Double(
                    $0.lowercased().replacing("db", with: "").trimmingCharacters(in: .whitespaces))
            } ?? first("r128trackgain").flatMap(Double.init).map { $0 / 256 }
        if trackGain.map({ !$0.isFinite || abs($0) > 100 }) == true { trackGain = nil }
    }
}

/// Which files a folder walk takes for audio.
public enum AudioFileKind {
    private static let extensions: Set<String> = [
        "mp3", "m4a", "m4b", "mp4", "aac", "flac", "ogg", "oga", "opus", "wav", "aif", "aiff",
        "aifc", "wma", "ape",
        "wv", "dsf", "dff", "mka", "webm", "mpc", "tta", "caf", "au", "mp2", "ac3", "spx",
    ]

    public static func isAudioExtension(_ pathExtension: String) -> Bool {
        extensions.contains(pathExtension.lowercased())
    }
}
