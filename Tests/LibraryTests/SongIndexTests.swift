import Foundation
import Matrices
import Testing

@testable import Library

/// A large library's index, on a small one.
@Suite struct SongIndexTests {
    private func addIndex(
        _ library: SmallLibrary, network: String = "none", of places: Matrix? = nil
    )
        throws -> URL
    {
        let run = try #require(try library.catalogue.lastRun(.predict)).run
        let folder = library.catalogue.location.run(.predictions, run)
        // Predictions are not read with an index that is not theirs.
        try? FileManager.default.removeItem(at: folder.appendingPathComponent(SongIndex.name))
        let stored = try library.catalogue.storedPredictions(for: "test")
        try SongIndex.write(
            places ?? stored.blended, network: network, factors: stored.factorsRun, to: folder,
            threads: 1)
        return folder.appendingPathComponent(SongIndex.name)
    }

    @Test(arguments: [0, 1]) func similarSongsAreTheSameWithAnIndex(maxPerArtist: Int) throws {
        let library = try SmallLibrary()
        let without = try Recommender(library.catalogue)
        _ = try addIndex(library)
        let with = try Recommender(library.catalogue)
        #expect(without.predictions.index == nil && with.predictions.index != nil)
        for song in [0, 4, 17] {
            func list(_ recommender: Recommender) throws -> [String] {
                let seeds = try recommender.seed("Song \(song)")
                return try recommender.similar(to: seeds, count: 6, maxPerArtist: maxPerArtist)
                    .map(\.track.title)
            }
            let expected = try list(without)
            #expect(!expected.isEmpty)
            #expect(try list(with) == expected)
        }
    }

    @Test func foreignAndDamagedIndexesAreRefused() throws {
        let library = try SmallLibrary()
        let file = try addIndex(library, network: "another")
        #expect(throws: LibraryError.self) { try Recommender(library.catalogue) }
        _ = try addIndex(library, of: Matrix(rows: 31, columns: 8, repeating: 1))
        #expect(throws: LibraryError.self) { try Recommender(library.catalogue) }
        _ = try addIndex(library)
        #expect(try Recommender(library.catalogue).predictions.index?.count == 31)
        let whole = try Data(contentsOf: file)
        try whole.dropLast(5000).write(to: file)
        do {
            _ = try Recommender(library.catalogue)
            Issue.record("a cut index was opened")
        } catch {
            #expect("\(error)".contains("songs.index") && "\(error)".contains("coldwave predict"))
        }
    }
}
