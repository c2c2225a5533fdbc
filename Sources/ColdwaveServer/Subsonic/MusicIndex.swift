import Crypto
import Foundation
import Library
import Synchronization

/// Artists and albums as the tracks' tags have them, with ids that stay the same as long as the names do.
struct MusicIndex: Sendable {
    struct Artist: Sendable {
        let id: String
        let name: String
        /// Without a leading article, for the alphabet.
        let sortName: String
        fileprivate(set) var mbid: String?
        /// Places in ``MusicIndex/albums``, by year.
        fileprivate(set) var albums: [Int] = []
        /// Whether albums are by this artist, or only songs on others' albums.
        fileprivate(set) var hasAlbums = false
    }
    struct Album: Sendable {
        let id: String
        let name: String
        /// A place in ``MusicIndex/artists``.
        fileprivate(set) var artist: Int
        fileprivate(set) var year: Int?
        fileprivate(set) var genres: [String] = []
        fileprivate(set) var seconds = 0.0
        /// Ids, by disc and number.
        fileprivate(set) var tracks: [Int64] = []
        fileprivate(set) var created = 0.0
        fileprivate(set) var mbid: String?
        fileprivate(set) var isCompilation = false

        /// The highest id: what was scanned last.
        var newest: Int64 { tracks.max() ?? 0 }
    }
    struct Genre: Sendable {
        let name: String
        /// Places in ``MusicIndex/songs``.
        fileprivate(set) var songs: [Int32] = []
        fileprivate(set) var albums = 0
    }

    /// By sort name.
    private(set) var artists: [Artist] = []
    /// By name.
    private(set) var albums: [Album] = []
    /// By name.
    private(set) var genres: [Genre] = []
    /// Tracks by artist, album and number.
    private(set) var songs: [Int64] = []
    /// Years of ``songs``; 0 for none.
    private(set) var years: [UInt16] = []
    private(set) var artistByID: [String: Int] = [:]
    private(set) var albumByID: [String: Int] = [:]
    private(set) var albumOfTrack: [Int64: Int32] = [:]
    private var genreByName: [String: Int] = [:]
    /// Milliseconds since 1970 of the newest file.
    private(set) var lastModified = 0

    static let unknownAlbum = "[Unknown Album]"
    static let variousArtists = "Various Artists"

    func artist(named name: String) -> Int? { artistByID[Self.artistID(name)] }
    func genre(_ name: String) -> Genre? { genreByName[Self.key(name)].map { genres[$0] } }

    static func artistID(_ name: String) -> String { "ar-" + hash(key(name)) }
    static func albumID(_ artist: String, _ album: String) -> String {
        "al-" + hash(key(artist) + "\u{1F}" + key(album))
    }

    /// Names that differ only in case, composition or outer space are one.
    static func key(_ name: String) -> String {
        name.precomposedStringWithCanonicalMapping.lowercased()
            .trimmingCharacters(in: .whitespaces)
    }

    private static func hash(_ text: String) -> String {
        Insecure.MD5.hash(data: Data(text.utf8)).prefix(8).map { String(format: "%02x", $0) }
            .joined()
    }

    static let articles = "The An A Die Das Der Ein Eine Les Le La Los Las El"
    private static let leading = Set(articles.lowercased().split(separator: " "))

    static func sortName(_ name: String) -> String {
        let words = name.split(separator: " ", maxSplits: 1)
        guard words.count == 2, leading.contains(Substring(words[0].lowercased())) else {
            return name
        }
        return String(words[1])
    }

    static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    static func genres(_ text: String) -> [String] {
        text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}

extension MusicIndex {
    /// What is kept of a track until its album is complete.
    private struct Entry {
        let id: Int64
        let place: (Int, Int, String)
        let artist: String
        let year: Int?
        let genres: [String]
        let seconds: Double
    }

    /// Reads all tracks' heads.
    init(_ catalogue: Catalogue) throws {
        let owners = try Self.compilations(catalogue)
        var entries: [[Entry]] = []
        var artistIDs: [String: String] = [:]
        func addArtist(_ name: String, _ mbid: String? = nil) -> Int {
            let id = Self.artistID(name)
            if let known = artistByID[id] {
                if artists[known].mbid == nil { artists[known].mbid = mbid }
                return known
            }
            artistByID[id] = artists.count
            artists.append(
                Artist(id: id, name: name, sortName: Self.sortName(name), mbid: mbid))
            return artists.count - 1
        }
        try catalogue.forEachTrackHeader { track in
            let albumName = track.album ?? Self.unknownAlbum
            let owner =
                track.albumArtist
                ?? owners[Self.compilationKey(track), default: track.artist]
            // Only one id: with several nobody says whose each is.
            let mbid =
                track.artistMBIDs.contains(";") || track.artistMBIDs.isEmpty
                ? nil : track.artistMBIDs
            if artistIDs[track.artist] == nil {
                artistIDs[track.artist] = Self.artistID(track.artist)
                _ = addArtist(track.artist, mbid)
            }
            let artist = addArtist(owner)
            artists[artist].hasAlbums = true
            let id = Self.albumID(owner, albumName)
            let place: Int
            if let known = albumByID[id] {
                place = known
            } else {
                place = albums.count
                albumByID[id] = place
                albums.append(Album(id: id, name: albumName, artist: artist))
                entries.append([])
            }
            albumOfTrack[track.id] = Int32(place)
            albums[place].created = max(albums[place].created, track.modified)
            if albums[place].mbid == nil { albums[place].mbid = track.releaseMBID }
            if owner == Self.variousArtists { albums[place].isCompilation = true }
            lastModified = max(lastModified, Int(track.modified * 1000))
            entries[place].append(
                Entry(
                    id: track.id,
                    place: (track.discNumber ?? 1, track.trackNumber ?? Int.max, track.title),
                    artist: track.artist, year: track.year, genres: Self.genres(track.genres),
                    seconds: track.durationSeconds))
        }
        try sort(&entries)
        try finish(entries)
    }

    /// Albums whose songs name no album artist are one album where they lie in one folder: by the artist of half of them, else by
    /// various artists.
    private static func compilations(_ catalogue: Catalogue) throws -> [String: String] {
        var counts: [String: [String: Int]] = [:]
        try catalogue.forEachTrackHeader { track in
            guard track.albumArtist == nil, track.album != nil else { return }
            counts[compilationKey(track), default: [:]][track.artist, default: 0] += 1
        }
        return counts.compactMapValues { artists in
            guard artists.count > 1 else { return nil }
            let total = artists.values.reduce(0, +)
            let most = artists.max { ($0.value, $1.key) < ($1.value, $0.key) }
            guard let most, 2 * most.value >= total else { return variousArtists }
            return most.key
        }
    }

    private static func compilationKey(_ track: TrackHeader) -> String {
        (track.path as NSString).deletingLastPathComponent + "\u{1F}" + key(track.album ?? "")
    }

    /// Puts artists and albums in the order of the alphabet.
    private mutating func sort(_ entries: inout [[Entry]]) throws {
        let artistKeys = artists.map { Self.folded($0.sortName) }
        let artistOrder = artists.indices.sorted { (artistKeys[$0], $0) < (artistKeys[$1], $1) }
        var artistPlace = [Int](repeating: 0, count: artists.count)
        for (new, old) in artistOrder.enumerated() { artistPlace[old] = new }
        artists = artistOrder.map { artists[$0] }
        artistByID = artistByID.mapValues { artistPlace[$0] }
        let albumKeys = albums.map { Self.folded($0.name) }
        let albumOrder = albums.indices.sorted { (albumKeys[$0], $0) < (albumKeys[$1], $1) }
        var albumPlace = [Int](repeating: 0, count: albums.count)
        for (new, old) in albumOrder.enumerated() { albumPlace[old] = new }
        albums = albumOrder.map { albums[$0] }
        for i in albums.indices { albums[i].artist = artistPlace[albums[i].artist] }
        albumByID = albumByID.mapValues { albumPlace[$0] }
        albumOfTrack = albumOfTrack.mapValues { Int32(albumPlace[Int($0)]) }
        entries = albumOrder.map { entries[$0] }
    }

    private mutating func finish(_ unsorted: [[Entry]]) throws {
        var entries = unsorted
        for i in albums.indices {
            entries[i].sort { $0.place < $1.place }
            albums[i].tracks = entries[i].map(\.id)
            albums[i].seconds = entries[i].reduce(0) { $0 + $1.seconds }
            albums[i].year = entries[i].compactMap(\.year).min()
            var seen: Set<String> = []
            albums[i].genres = entries[i].flatMap(\.genres).filter {
                seen.insert(Self.key($0)).inserted
            }
            var on = Set(entries[i].compactMap { artistByID[Self.artistID($0.artist)] })
            on.insert(albums[i].artist)
            for artist in on { artists[artist].albums.append(i) }
        }
        for i in artists.indices {
            artists[i].albums.sort {
                (albums[$0].year ?? 0, albums[$0].name, $0) < (
                    albums[$1].year ?? 0, albums[$1].name, $1
                )
            }
        }
        // Songs and genres, album by album of the artists in order.
        for album in albums.indices.sorted(by: { (albums[$0].artist, $0) < (albums[$1].artist, $1) }
        ) {
            for entry in entries[album] {
                for genre in entry.genres {
                    let place = genreByName[Self.key(genre), default: genres.count]
                    if place == genres.count {
                        genreByName[Self.key(genre)] = place
                        genres.append(Genre(name: genre))
                    }
                    genres[place].songs.append(Int32(songs.count))
                }
                songs.append(entry.id)
                years.append(UInt16(clamping: entry.year ?? 0))
            }
            for genre in albums[album].genres {
                if let place = genreByName[Self.key(genre)] { genres[place].albums += 1 }
            }
        }
        genres.sort { Self.folded($0.name) < Self.folded($1.name) }
        for (i, genre) in genres.enumerated() { genreByName[Self.key(genre.name)] = i }
    }
}

/// The index of the newest snapshot that somebody asked for.
final class MusicIndexCache: Sendable {
    private let kept = Mutex<(version: Int, index: MusicIndex)?>(nil)

    /// Made anew where the tracks have changed; others wait for it meanwhile instead of making it too.
    func index(_ snapshot: LibrarySnapshot) throws -> MusicIndex {
        try kept.withLock { kept in
            if let kept, kept.version == snapshot.version.tracks { return kept.index }
            let index = try MusicIndex(snapshot.catalogue)
            kept = (snapshot.version.tracks, index)
            return index
        }
    }
}
