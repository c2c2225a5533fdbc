import Foundation
import Library
import ListeningHistory
import Synchronization

/// What listeners are hearing right now, as their players say; forgotten when the song must be over, and with the server.
final class NowPlaying: Sendable {
    struct Entry: Sendable {
        let user: String
        let listener: String
        let reference: SongReference
        let track: Track?
        let player: String
        let started: Date
        let ends: Date
    }
    private let entries = Mutex<[String: Entry]>([:])
    private static let most = 10_000

    func set(
        _ user: PlayerUser, _ reference: SongReference, track: Track?, player: String,
        seconds: Double?, at now: Date = Date()
    ) {
        let entry = Entry(
            user: user.name, listener: user.listener, reference: reference, track: track,
            player: player, started: now,
            ends: now.addingTimeInterval(min(7200, seconds ?? 600) + 60))
        entries.withLock { entries in
            entries = entries.filter { $0.value.ends > now }
            if entries.count < Self.most { entries[user.listener] = entry }
        }
    }

    /// The latest first.
    func all(at now: Date = Date()) -> [Entry] {
        entries.withLock { $0.values.filter { $0.ends > now } }.sorted { $0.started > $1.started }
    }

    func of(_ listener: String) -> Entry? { all().first { $0.listener == listener } }
}
