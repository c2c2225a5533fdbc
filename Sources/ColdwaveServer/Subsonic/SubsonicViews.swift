import Foundation
import Library

/// Songs, albums and artists as elements, with OpenSubsonic's names.
extension LibraryView {
    static func date(_ date: Date) -> String { date.formatted(.iso8601) }
    static func date(_ seconds: Int64) -> String {
        date(Date(timeIntervalSince1970: Double(seconds)))
    }

    private static func genreNodes(_ genres: [String]) -> SubsonicValue {
        .nodes(genres.map { ["name": .text($0)] })
    }

    private static func rating(_ value: Int?) -> SubsonicValue? {
        value.flatMap { $0 > 0 ? .int($0) : nil }
    }

    /// 1 for what the user does not want to hear.
    private func rating(_ track: Track) -> SubsonicValue? {
        isHated(track) ? .int(1) : Self.rating(marks[SubsonicID.song(track)]?.rating)
    }

    func starred(_ track: Track) -> Date? {
        guard let opinion = opinions[track.recording], opinion.score > 0 else { return nil }
        // Imported love may have no date, but players take the date for the star.
        return Date(timeIntervalSince1970: Double(opinion.time ?? 0))
    }

    /// A song: OpenSubsonic's `Child`.
    func child(_ track: Track) -> SubsonicNode {
        let album = index.albumOfTrack[track.id ?? 0].map { index.albums[Int($0)] }
        let artist = index.artistByID[MusicIndex.artistID(track.artist)].map { index.artists[$0] }
        let owner = album.map { index.artists[$0.artist] }
        let genres = MusicIndex.genres(track.genres)
        let suffix = (track.path as NSString).pathExtension.lowercased()
        let play = plays[track.recording]
        let seconds = track.durationSeconds
        var node: SubsonicNode = [
            "id": .text(SubsonicID.song(track)), "parent": album.map { .text($0.id) },
            "isDir": .flag(false), "title": .text(track.title),
            "album": .text(album?.name ?? MusicIndex.unknownAlbum), "artist": .text(track.artist),
            "track": track.trackNumber.map(SubsonicValue.int),
            "year": track.year.map(SubsonicValue.int),
            "genre": genres.first.map(SubsonicValue.text),
            "coverArt": .text(SubsonicID.song(track)), "size": .int(Int(track.size)),
            "contentType": .text(
                AudioFile.type(of: track)),
            "suffix": .text(suffix), "duration": .int(Int(seconds.rounded())),
            "bitRate": .int(seconds > 0 ? Int(Double(track.size) * 0.008 / seconds) : 0),
            "samplingRate": .int(track.sampleRate), "channelCount": .int(track.channels),
            // Never the place on this machine: the names the library gives.
            "path": .text(
                [owner?.name ?? track.artist, album?.name, track.title].compactMap { $0 }
                    .map { $0.replacingOccurrences(of: "/", with: "_") }
                    .joined(separator: "/") + (suffix.isEmpty ? "" : "." + suffix)),
            "isVideo": .flag(false), "userRating": rating(track),
            "playCount": .int(play?.count ?? 0),
            "discNumber": track.discNumber.map(SubsonicValue.int),
            "created": .text(Self.date(Int64(track.modified))),
            "starred": starred(track).map { .text(Self.date($0)) },
            "albumId": album.map { .text($0.id) }, "artistId": artist.map { .text($0.id) },
            "type": .text("music"), "mediaType": .text("song"),
            "played": play?.last.map { .text(Self.date($0)) },
            "sortName": .text(MusicIndex.sortName(track.title)),
            "musicBrainzId": .text(track.recordingMBID ?? ""),
        ]
        node.add("isrc", .texts(track.isrc.map { [$0] } ?? []))
        node.add("genres", Self.genreNodes(genres))
        node.add("artists", .nodes([named(artist)].compactMap { $0 }))
        node.add("displayArtist", .text(track.artist))
        node.add("albumArtists", .nodes([named(owner)].compactMap { $0 }))
        node.add("displayAlbumArtist", .text(owner?.name ?? track.artist))
        node.add("replayGain", .node(["trackGain": track.trackGain.map(SubsonicValue.double)]))
        return node
    }

    func children(_ tracks: [Track]) -> SubsonicValue { .nodes(tracks.map(child)) }

    private func named(_ artist: MusicIndex.Artist?) -> SubsonicNode? {
        artist.map { ["id": .text($0.id), "name": .text($0.name)] }
    }

    /// An album by its tags: `AlbumID3`.
    func node(_ album: MusicIndex.Album, _ played: PlaySummary?) -> SubsonicNode {
        let artist = index.artists[album.artist]
        let mark = marks[album.id]
        return [
            "id": .text(album.id), "name": .text(album.name), "artist": .text(artist.name),
            "artistId": .text(artist.id), "coverArt": .text(album.id),
            "songCount": .int(album.tracks.count), "duration": .int(Int(album.seconds.rounded())),
            "playCount": .int(played?.count ?? 0),
            "created": .text(Self.date(Int64(album.created))),
            "starred": mark?.starred.map { .text(Self.date($0)) },
            "year": album.year.map(SubsonicValue.int),
            "genre": album.genres.first.map(SubsonicValue.text),
            "played": played?.last.map { .text(Self.date($0)) },
            "userRating": Self.rating(mark?.rating), "musicBrainzId": .text(album.mbid ?? ""),
            "genres": Self.genreNodes(album.genres),
            "artists": .nodes([["id": .text(artist.id), "name": .text(artist.name)]]),
            "displayArtist": .text(artist.name),
            "sortName": .text(MusicIndex.sortName(album.name)),
            "isCompilation": .flag(album.isCompilation),
        ]
    }

    /// An album as a folder, which is what older players browse: `Child` with `isDir`.
    func folder(_ album: MusicIndex.Album, _ played: PlaySummary?) -> SubsonicNode {
        let artist = index.artists[album.artist]
        var node: SubsonicNode = [
            "parent": .text(artist.id), "isDir": .flag(true), "title": .text(album.name),
            "album": .text(album.name), "mediaType": .text("album"),
        ]
        node.add(self.node(album, played))
        return node
    }

    /// `ArtistID3`.
    func node(_ artist: MusicIndex.Artist) -> SubsonicNode {
        let mark = marks[artist.id]
        return [
            "id": .text(artist.id), "name": .text(artist.name), "coverArt": .text(artist.id),
            "albumCount": .int(artist.albums.count),
            "starred": mark?.starred.map { .text(Self.date($0)) },
            "userRating": Self.rating(mark?.rating), "musicBrainzId": .text(artist.mbid ?? ""),
            "sortName": .text(artist.sortName),
            "roles": .texts(artist.hasAlbums ? ["albumartist", "artist"] : ["artist"]),
        ]
    }

    /// Plays of albums by this user, by places in the index.
    func playsOfAlbums() throws -> [Int: PlaySummary] {
        guard !plays.isEmpty else { return [:] }
        var sums: [Int: PlaySummary] = [:]
        for (id, play) in try snapshot.catalogue.plays(byTrack: plays) {
            guard let album = index.albumOfTrack[id] else { continue }
            let old = sums[Int(album)]
            sums[Int(album)] = PlaySummary(
                count: (old?.count ?? 0) + play.count,
                last: [old?.last, play.last].compactMap { $0 }.max())
        }
        return sums
    }
}
