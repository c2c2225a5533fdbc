import Foundation
import Hummingbird
import Library

/// What the OpenSubsonic routes share.
struct SubsonicState: Sendable {
    let parts: ServerParts
    let login: PlayerLogin
    let index = MusicIndexCache()
    let marks: PlayerMarks
    let queues: PlayQueueStore
    let nowPlaying: NowPlaying

    init(_ parts: ServerParts, nowPlaying: NowPlaying) {
        self.parts = parts
        self.nowPlaying = nowPlaying
        login = PlayerLogin(parts)
        marks = PlayerMarks(parts)
        queues = PlayQueueStore(parts)
    }
}

/// A request of a player that was let in.
struct SubsonicCall: Sendable {
    let parameters: SubsonicParameters
    let user: PlayerUser
    let request: Request
    let context: ServerContext
    let state: SubsonicState
    var parts: ServerParts { state.parts }

    /// Runs `work` with the library of now and what this user did in it, on a thread that may block.
    func read<T: Sendable>(_ work: @escaping @Sendable (LibraryView) throws -> T) async throws -> T
    {
        let (state, user) = (state, user)
        return try await parts.library.read { snapshot in
            try work(
                LibraryView(
                    snapshot: snapshot, index: state.index.index(snapshot),
                    plays: snapshot.catalogue.playSummary(of: user.listener),
                    opinions: snapshot.catalogue.opinions(of: user.listener),
                    marks: state.marks.all(of: user.owner)))
        }
    }

    func requireAdmin() throws {
        guard user.isAdmin else {
            throw SubsonicError(.notAllowed, "only administrators may do this")
        }
    }
}

/// What an id of ours names.
enum SubsonicID: Equatable {
    case song(Int64)
    case album(String)
    case artist(String)

    init?(_ text: String) {
        switch text.prefix(3) {
        case "tr-":
            guard let id = Int64(text.dropFirst(3)), id >= 0 else { return nil }
            self = .song(id)
        case "al-": self = .album(text)
        case "ar-": self = .artist(text)
        default: return nil
        }
    }

    static func song(_ track: Track) -> String { "tr-\(track.id ?? 0)" }
}

/// The library as one user sees it.
struct LibraryView: Sendable {
    let snapshot: LibrarySnapshot
    let index: MusicIndex
    let plays: [String: PlaySummary]
    let opinions: [String: Opinion]
    let marks: [String: PlayerMarks.Mark]

    /// - Throws: ``SubsonicError`` for an id of no song that is there.
    func song(_ id: String) throws -> Track {
        guard case .song(let number)? = SubsonicID(id),
            let track = try snapshot.catalogue.track(id: number), !track.missing
        else { throw SubsonicError.unknown("song", id) }
        return track
    }

    func album(_ id: String) throws -> MusicIndex.Album {
        guard let place = index.albumByID[id] else { throw SubsonicError.unknown("album", id) }
        return index.albums[place]
    }

    func artist(_ id: String) throws -> MusicIndex.Artist {
        guard let place = index.artistByID[id] else { throw SubsonicError.unknown("artist", id) }
        return index.artists[place]
    }

    /// The songs of a song, an album or an artist.
    func songs(of id: String) throws -> [Track] {
        switch SubsonicID(id) {
        case .song?: [try song(id)]
        case .album?: try snapshot.tracks(album(id).tracks)
        case .artist?:
            try snapshot.tracks(artist(id).albums.flatMap { index.albums[$0].tracks })
                .filter { MusicIndex.artistID($0.artist) == id || ownerID($0) == id }
        case nil: throw SubsonicError.unknown("song, album or artist", id)
        }
    }

    private func ownerID(_ track: Track) -> String? {
        index.albumOfTrack[track.id ?? 0].map {
            index.artists[index.albums[Int($0)].artist].id
        }
    }

    func isHated(_ track: Track) -> Bool { opinions[track.recording]?.score == -1 }
}
