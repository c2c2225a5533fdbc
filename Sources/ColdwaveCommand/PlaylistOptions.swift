import ArgumentParser
import Foundation
import Library
import Matrices
import Recommendation

/// Where a playlist goes and in which format.
struct PlaylistOptions: ParsableArguments {
    @Option(help: "m3u8, xspf or jspf (default: by the file's extension, else m3u8).")
    var format: PlaylistFormat?

    @Option(
        name: .shortAndLong, help: "Write to this file instead of standard output.",
        completion: .file())
    var output: String?

    /// Writes the playlist if it has a file to go to.
    /// - Parameter starts: seconds where each song starts; nil for every song's beginning.
    func write(_ tracks: [Track], from starts: [Double?]? = nil, title: String) throws -> (
        format: PlaylistFormat, file: URL?, text: String
    ) {
        let file = output.map { URL(fileURLWithPath: $0) }
        let chosen =
            format ?? file.flatMap { PlaylistFormat(rawValue: $0.pathExtension.lowercased()) }
            ?? .m3u8
        let text = try PlaylistFile.render(
            zip(tracks, starts ?? tracks.map { _ in nil }).map { track, start in
                PlaylistTrack(
                    path: track.path, title: track.title, artist: track.artist, album: track.album,
                    durationSeconds: track.durationSeconds, recordingMBID: track.recordingMBID,
                    startSeconds: start)
            }, title: title, format: chosen, relativeTo: file?.deletingLastPathComponent())
        if let file { try AtomicFile.write(Data(text.utf8), to: file) }
        return (chosen, file, text)
    }
}
