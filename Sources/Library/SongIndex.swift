import Foundation
import Matrices
import Recommendation

/// The index of a large library's songs, left in the predictions' run: opened in milliseconds, and its memory shared by all
/// processes that answer from the library. Libraries of up to a million songs or two have none: comparing all songs takes less than
/// a millisecond there, half the memory, and misses nothing.
enum SongIndex {
    /// Libraries of at least so many songs get one.
    static let least = 2_000_000
    static let name = "songs.index"

    /// What the songs' places were made by.
    private static func source(network: String, factors: String) -> String {
        "network \(network), factors \(factors)"
    }

    /// - Parameter places: `[songs, dimensions]`; directions count, lengths do not.
    static func write(
        _ places: Matrix, network: String, factors: String, to folder: URL, threads: Int
    ) throws {
        try VectorIndex(
            places, metric: .cosine, graph: GraphConfiguration(),
            source: source(network: network, factors: factors), threads: threads
        ).save(to: folder.appendingPathComponent(name))
    }

    /// Nil where the run has none.
    /// - Throws: ``LibraryError/staleArtefact(path:reason:next:)`` when it is not the index of these places, or damaged.
    static func open(in folder: URL, places: Matrix, network: String, factors: String) throws
        -> VectorIndex?
    {
        let file = folder.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            return try VectorIndex(
                opening: file, source: source(network: network, factors: factors),
                digest: VectorIndex.digest(places))
        } catch {
            throw LibraryError.staleArtefact(
                path: file.path, reason: (error as? VectorIndexError)?.reason ?? "\(error)",
                next: "Run `coldwave predict`, or remove the file: answers are the same without it."
            )
        }
    }
}
