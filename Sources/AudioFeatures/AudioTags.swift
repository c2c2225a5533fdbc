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
    /// English names ("Spanish") of the languages sung or spoken in.
    public var languages: [String] = []
    public var recordingMBID: String?
    public var releaseMBID: String?
    public var artistMBIDs: [String] = []
    public var isrc: String?
    public var spotifyURI: String?
    /// dB by which players should turn the track up.
    public var trackGain: Double?

    public init() {}

    typealias Entry = (key: String, value: String)

    /// From a file's raw tags, the readers' that know more first: of a tag that two of them give, the first's values are taken.
    ///
    /// Formats spell the same tag differently (`MUSICBRAINZ_TRACKID`, `MusicBrainz Track Id`, `MusicBrainz/Track Id`); names are
    /// compared by their letters and digits alone.
    init(_ readers: [Entry]...) {
        var byName: [String: [String]] = [:]
        for entries in readers {
            var found: [String: [String]] = [:]
            for (key, value) in entries {
                let name = String(
                    key.lowercased().unicodeScalars.filter {
                        CharacterSet.alphanumerics.contains($0)
                    })
                let text = value.trimmingCharacters(
                    in: .whitespacesAndNewlines.union(.controlCharacters))
                if !text.isEmpty { found[name, default: []].append(text) }
            }
            byName.merge(found) { first, _ in first }
        }
        func all(_ names: String...) -> [String] {
            names.lazy.compactMap { byName[$0] }.first ?? []
        }
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { byName[$0]?.first }.first
        }
        /// Older tags keep several values in one text.
        func list(_ values: [String]) -> [String] {
            values.flatMap { $0.split(whereSeparator: { $0 == ";" || $0 == "\0" }) }
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        func number(_ text: String?) -> Int? { text.flatMap { Int($0.prefix { $0.isNumber }) } }
        title = first("title", "inam")
        artists = list(all("artists", "wmartists", "artist", "author", "iart"))
        albumArtist = first("albumartist", "wmalbumartist")
        album = first("album", "wmalbumtitle", "iprd")
        trackNumber = number(first("track", "tracknumber", "wmtracknumber"))
        discNumber = number(first("disc", "discnumber", "wmpartofset"))
        year = number(
            first("originaldate", "originalyear", "date", "year", "wmyear", "icrd")
        ).flatMap {
            (1000...9999).contains($0) ? $0 : nil
        }
        genres = list(all("genre", "wmgenre", "ignr"))
        languages = LanguageName.all(all("language", "wmlanguage"))
        recordingMBID = first("musicbrainztrackid", "musicbrainzrecordingid")
        releaseMBID = first("musicbrainzalbumid")
        artistMBIDs = list(all("musicbrainzartistid"))
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
