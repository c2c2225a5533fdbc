import Foundation
import Matrices
import Testing

@testable import Library

/// A library whose songs lie in three clusters of the taste space, without sound or plays.
private final class ClusterLibrary {
    let place: ImportStageTests.Place
    var catalogue: Catalogue { place.catalogue }
    var stage: MapStage { MapStage(catalogue, context: StageContext(threads: 2)) }

    init() throws { place = try ImportStageTests.Place() }

    static func vector(_ song: Int, turned: Bool) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(song), stream: turned ? 2 : 1)
        return (0..<6).map { k in
            let cluster = turned ? generator.integer(below: 3) : song % 3
            return Float((k == cluster ? 3 : 0) + 0.5 * generator.normal())
        }
    }

    /// Predictions for songs 0..<count, as a later run would give them.
    /// - Parameter turned: everything somewhere else, as after other plays.
    func predict(_ songs: Range<Int>, turned: Bool = false) throws {
        let there = try catalogue.tracks().count
        try catalogue.database.write { database in
            for s in there..<max(there, songs.upperBound) {
                var track = SmallLibrary.track(s)
                try track.insert(database)
            }
        }
        let vectors = songs.flatMap { Self.vector($0, turned: turned) }
        let matrix = Matrix(rows: songs.count, columns: 6, storage: vectors)
        let manifest = Manifest(
            stage: StageName.predict.rawValue, inputDigest: "\(songs) \(turned)",
            inputs: ["factorize": "f", "train": "t"], configuration: "{}", metrics: [:],
            created: isoNow(), seconds: 0)
        _ = try catalogue.finishRun(.predictions, manifest: manifest) { folder in
            for name in ["songs", "blended", "plays"] {
                try ArrayFile.write(matrix, to: folder.appendingPathComponent("\(name).npy"))
            }
            for name in ["songs", "sounds"] {
                try LineFile.write(
                    songs.map { String($0 + 1) }, to: folder.appendingPathComponent("\(name).txt"))
            }
        }
    }

    func places() throws -> [Int64: [Float]] {
        let map = try #require(try catalogue.storedMap())
        return Dictionary(
            uniqueKeysWithValues: zip(map.tracks, 0...).map { ($0, Array(map.positions.row($1))) })
    }
}

@Suite struct MapStageTests {
    @Test func newSongsJoinTheMapAndNothingMoves() throws {
        let library = try ClusterLibrary()
        try library.predict(0..<90)
        let first = try library.stage.run()
        #expect(first.laidBecause == "there was none" && first.joined == 0 && !first.reused)
        let before = try library.places()
        #expect(try library.stage.run().reused)

        try library.predict(0..<99)
        let second = try library.stage.run()
        #expect(second.laidBecause == nil && second.joined == 9 && second.songs == 99)
        #expect(second.klDivergence == first.klDivergence)
        let after = try library.places()
        for (track, place) in before { #expect(after[track] == place) }
        // Each new song lies among its own cluster: its nearest song of before is of it.
        for song in 90..<99 {
            let own = try #require(after[Int64(song + 1)])
            let nearest = before.min { a, b in
                hypot(a.value[0] - own[0], a.value[1] - own[1])
                    < hypot(b.value[0] - own[0], b.value[1] - own[1])
            }
            #expect(Int((nearest?.key ?? 1) - 1) % 3 == song % 3, "song \(song)")
        }

        // A song less: it leaves, the rest stays.
        try library.predict(0..<98)
        let fewer = try library.stage.run()
        #expect(fewer.laidBecause == nil && fewer.joined == 0 && fewer.songs == 98)
        #expect(try library.places().allSatisfy { after[$0.key] == $0.value })
    }

    @Test func muchThatIsNewOrChangedLaysItAnew() throws {
        let library = try ClusterLibrary()
        try library.predict(0..<90)
        _ = try library.stage.run()
        try library.predict(0..<105)
        #expect(try library.stage.run().joined == 15)
        // 15 joined before and 15 more: a quarter of 120 came after it was laid.
        try library.predict(0..<120)
        let much = try library.stage.run()
        #expect(much.laidBecause == "25 % of the songs came after it was laid" && much.joined == 0)
        try library.predict(0..<120, turned: true)
        let turned = try library.stage.run()
        #expect(turned.laidBecause?.hasPrefix("plays or network changed") == true)
        #expect(try library.stage.run().reused)
        let asked = try library.stage.run(anew: true)
        #expect(asked.laidBecause == "it was asked for" && !asked.reused)
    }
}
