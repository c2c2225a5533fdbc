import Foundation

/// XSPF's content as JSON (JSPF).
extension PlaylistFile {
    private struct JSPF: Encodable {
        struct Track: Encodable {
            struct Option: Encodable { let option: String }
            let location: [String]
            let identifier: [String]?
            let title: String
            let creator: String
            let album: String?
            let annotation: String?
            let duration: Int?
            let `extension`: [String: [Option]]?
        }
        struct Playlist: Encodable {
            let title: String
            let creator: String
            let track: [Track]
        }
        let playlist: Playlist
    }

    static func jspf(
        _ tracks: [PlaylistTrack], _ title: String, _ locations: PlaylistLocations
    ) throws -> String {
        let list = tracks.map {
            JSPF.Track(
                location: [locations.uri($0.path)],
                identifier: $0.recordingMBID.map { [identifier($0)] }, title: $0.title,
                creator: $0.artist, album: $0.album, annotation: $0.annotation,
                duration: duration($0, unit: 1000),
                extension: start($0).map { [vlc: [.init(option: "start-time=\($0)")]] })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = JSPF(playlist: .init(title: title, creator: "Coldwave", track: list))
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
