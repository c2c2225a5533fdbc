import Crypto
import Foundation
import Library

/// A playlist that was imported into the catalogue (`coldwave import FILE.m3u8`), for its listener; nobody edits it here.
struct ImportedPlaylist: Sendable {
    static let prefix = "pi-"
    let id: String
    let name: String
    /// Those that the library has.
    let tracks: [Int64]

    static func all(_ view: LibraryView, _ user: PlayerUser) throws -> [ImportedPlaylist] {
        try view.snapshot.catalogue.playlists(of: user.listener).map { list in
            // By its name, so that the id outlives another import.
            let hash = SHA256.hash(data: Data("\(list.listener)\0\(list.name)".utf8)).prefix(8)
            return ImportedPlaylist(
                id: prefix + hash.map { String(format: "%02x", $0) }.joined(), name: list.name,
                tracks: list.songs.compactMap { if case .track(let id) = $0 { id } else { nil } })
        }
    }

    func node(_ tracks: [Track], _ user: PlayerUser) -> SubsonicNode {
        [
            "id": .text(id), "name": .text(name), "comment": .text("Imported"),
            "owner": .text(user.name), "public": .flag(false), "songCount": .int(tracks.count),
            "duration": .int(Int(tracks.reduce(0) { $0 + $1.durationSeconds }.rounded())),
            // The catalogue keeps no date of them.
            "created": .text(LibraryView.date(0)), "changed": .text(LibraryView.date(0)),
            "coverArt": tracks.first.map { .text(SubsonicID.song($0)) }, "readonly": .flag(true),
        ]
    }
}
