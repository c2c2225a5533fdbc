import Foundation
import Library
import Matrices

/// Everything a request needs of the library, as of one moment: it never changes, so a request sees one state from beginning to end.
public struct LibrarySnapshot: Sendable {
    public let catalogue: Catalogue
    /// Nil until the library was built; ``requireRecommender()`` says why.
    public let recommender: Recommender?
    let reason: LibraryError?
    public let version: LibraryVersion
    public let roots: [String]
    private let made: ContinuousClock.Instant

    /// Seconds since it was read.
    var age: Double { (ContinuousClock.now - made) / .seconds(1) }

    /// Reads everything anew.
    /// - Parameter older: whose recommender goes on where the artefacts of now don't belong together, as in the middle of a build.
    init(_ catalogue: Catalogue, older: LibrarySnapshot? = nil) throws {
        self.catalogue = catalogue
        version = try catalogue.version()
        roots = try catalogue.roots()
        do {
            recommender = try Recommender(catalogue)
            reason = nil
        } catch let error as LibraryError {
            recommender = older?.recommender
            reason = error
        }
        made = ContinuousClock.now
    }

    /// The same artefacts and tracks, with the plays of now counted beside songs.
    init(recounting old: LibrarySnapshot) throws {
        catalogue = old.catalogue
        version = try catalogue.version()
        roots = old.roots
        recommender = try old.recommender.map(Recommender.init(recounting:))
        reason = old.reason
        made = ContinuousClock.now
    }

    /// - Throws: ``LibraryError`` saying what to do first.
    public func requireRecommender() throws -> Recommender {
        guard let recommender else {
            throw reason
                ?? .nothingToDo(
                    stage: "recommend", reason: "the library is not built",
                    next: "Run `coldwave build`.")
        }
        return recommender
    }

    /// A track that is there.
    /// - Throws: ``APIError/notFound(_:next:)``.
    public func requireTrack(_ id: Int64) throws -> Track {
        guard let track = try catalogue.track(id: id) else {
            throw APIError.notFound("there is no track \(id)", next: "GET tracks lists them")
        }
        return track
    }

    func similar(to track: Track, count: Int) throws -> [Suggestion] {
        let recommender = try requireRecommender()
        return try recommender.similar(to: recommender.seeds(of: [track]), count: count)
    }

    /// A track by chance: the same for the same seed.
    /// - Throws: ``APIError/notFound(_:next:)`` where there is none.
    func anyTrack(_ seed: UInt64) throws -> Track {
        let total = try catalogue.tracks(limit: 1).total
        var generator = SeededGenerator(seed: seed, stream: 0x7AD1)
        let place = min(max(0, total - 1), Int(generator.uniform() * Double(total)))
        guard let track = try catalogue.tracks(order: .added, limit: 1, offset: place).items.first
        else { throw APIError.notFound("the library has no songs", next: "coldwave scan FOLDER") }
        return track
    }

    public func plays(of id: Int64) throws -> Int {
        try recommender?.plays(of: id) ?? catalogue.plays(ofTrack: id)
    }
}
