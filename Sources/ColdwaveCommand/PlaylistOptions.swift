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

    @Option(
        help:
            "usual: M3U8 relative for songs below its folder, XSPF and JSPF absolute; relative or absolute: all of them, in every format."
    )
    var paths = PlaylistPaths.usual

    func validate() throws {
        guard paths != .relative || output != nil else {
            throw ValidationError("--paths relative needs -o FILE: relative to what, else?")
        }
    }

    /// Writes the playlist if it has a file to go to.
    /// - Parameters:
    ///   - starts: seconds where each song starts; nil for every song's beginning.
    ///   - reasons: why each song is there; nil for no word of it.
    func write(
        _ tracks: [Track], from starts: [Double?]? = nil, reasons: [[String]]? = nil,
        title: String
    ) throws -> (format: PlaylistFormat, file: URL?, text: String) {
        let file = output.map { URL(fileURLWithPath: $0) }
        let chosen =
            format ?? file.flatMap { PlaylistFormat(rawValue: $0.pathExtension.lowercased()) }
            ?? .m3u8
        let text = try PlaylistFile.render(
            tracks.enumerated().map { i, track in
                PlaylistTrack(
                    path: track.path, title: track.title, artist: track.artist, album: track.album,
                    durationSeconds: track.durationSeconds, recordingMBID: track.recordingMBID,
                    startSeconds: starts.flatMap { i < $0.count ? $0[i] : nil },
                    annotation: reasons.flatMap {
                        i < $0.count && !$0[i].isEmpty ? $0[i].joined(separator: "; ") : nil
                    })
            }, title: title, format: chosen, relativeTo: file?.deletingLastPathComponent(),
            paths: paths)
        if let file { try AtomicFile.write(Data(text.utf8), to: file) }
        return (chosen, file, text)
    }
}
