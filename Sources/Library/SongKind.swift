import Foundation
import GRDB

/// Whether a track is a song, or one of the things on albums that are played like their neighbours without being a good
/// recommendation, and that would teach the network what cannot be heard (the digest's heterogeneity).
public enum SongKind: String, Codable, Sendable, DatabaseValueConvertible {
    case song
    /// Hardly anything can be heard.
    case silence
    /// An intro, outro, skit, interlude, or a snippet.
    case interlude

    /// - Parameter typical: the library's median duration in seconds.
    static func of(title: String, duration: Double, audibleShare: Double, typical: Double)
        -> SongKind
    {
        if audibleShare < 0.2 { return .silence }
        let words = title.lowercased().split { !$0.isLetter }
        // "Intro" by the xx is a song: names count only where the length fits.
        if duration < 90, words.contains(where: { names.contains(String($0)) }) {
            return .interlude
        }
        return duration < 30 && duration < typical / 4 ? .interlude : .song
    }

    /// No preludes and intermezzi: those are pieces.
    private static let names: Set<String> = [
        "intro", "outro", "interlude", "skit", "interludio", "intermission", "segue",
        "zwischenspiel", "interlúdio", "announcement",
    ]
}

extension Catalogue {
    /// Marks every track anew, since what is short depends on the others.
    /// - Returns: how many are no songs.
    func markKinds() throws -> Int {
        let tracks = try tracks(includingMissing: true)
        let durations = tracks.map(\.durationSeconds).sorted()
        let typical = durations.isEmpty ? 0 : durations[durations.count / 2]
        let changes = tracks.compactMap { track -> (Int64, SongKind)? in
            let kind = SongKind.of(
                title: track.title, duration: track.durationSeconds,
                audibleShare: track.audibleShare, typical: typical)
            return kind == track.kind ? nil : track.id.map { ($0, kind) }
        }
        try database.write { database in
            for (id, kind) in changes {
                try database.execute(
                    sql: "UPDATE track SET kind = ? WHERE id = ?", arguments: [kind, id])
            }
        }
        return try database.read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM track WHERE kind <> 'song' AND missing = 0") ?? 0
        }
    }
}
