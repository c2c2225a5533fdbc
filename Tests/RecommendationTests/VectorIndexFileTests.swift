import Foundation
import Matrices
import Testing

@testable import Recommendation

@Suite final class VectorIndexFileTests {
    let folder: URL
    let items = NeighborGraphTests.clustered(700, 12, seed: 8)
    var file: URL { folder.appendingPathComponent("songs.index") }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("index-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func made(graph: Bool = true) -> VectorIndex {
        VectorIndex(
            items, metric: .cosine, graph: graph ? GraphConfiguration() : nil, source: "run 7")
    }

    @Test(arguments: [false, true]) func openedIndexesAnswerAsBefore(graph: Bool) throws {
        let index = made(graph: graph)
        try index.save(to: file)
        let opened = try VectorIndex(
            opening: file, source: "run 7", digest: VectorIndex.digest(items))
        #expect(opened.count == 700 && opened.dimensions == 12 && opened.hasGraph == graph)
        #expect(opened.metric == .cosine && opened.source == "run 7")
        for seed in 0..<5 as Range<UInt64> {
            let query = randomMatrix(1, 12, seed: seed).storage
            #expect(opened.nearest(to: query, count: 9) == bruteForce(items, query, 9, .cosine))
            #expect(
                opened.approximate(to: query, count: 9) == index.approximate(to: query, count: 9))
        }
        // An opened index can be saved again, and only the file itself lies in the folder.
        let copy = folder.appendingPathComponent("copy")
        try opened.save(to: copy)
        #expect(try Data(contentsOf: copy) == Data(contentsOf: file))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        // A new file in its place does not touch those who have the old one open.
        try VectorIndex(randomMatrix(3, 2, seed: 1), metric: .dot).save(to: file)
        let query = randomMatrix(1, 12, seed: 1).storage
        #expect(opened.nearest(to: query, count: 9) == bruteForce(items, query, 9, .cosine))
    }

    @Test func foreignIndexesAreRefused() throws {
        try made().save(to: file)
        #expect {
            try VectorIndex(opening: file, source: "run 8")
        } throws: {
            guard case VectorIndexError.foreign(_, "source", "run 7", "run 8") = $0 else {
                return false
            }
            return "\($0)".contains(file.path)
        }
        var other = items
        other[3, 4] = other[3, 4].nextUp
        #expect {
            try VectorIndex(opening: file, digest: VectorIndex.digest(other))
        } throws: { "\($0)".contains("digest") }
    }

    @Test func digestsTellMatricesApart() {
        let digest = VectorIndex.digest(items)
        #expect(digest == VectorIndex.digest(items) && digest.count == 16)
        var seen: Set<String> = [digest]
        for (rows, columns) in [(12, 700), (1400, 6)] {
            seen.insert(
                VectorIndex.digest(Matrix(rows: rows, columns: columns, storage: items.storage)))
        }
        for i in stride(from: 0, to: items.storage.count, by: 97) {
            var other = items
            other.storage[i] += 1
            seen.insert(VectorIndex.digest(other))
        }
        #expect(seen.count == 3 + (items.storage.count + 96) / 97)
    }

    @Test func whatIsNoIndexIsRefused() throws {
        let missing = folder.appendingPathComponent("missing")
        #expect(throws: ArrayFileError.self) { try VectorIndex(opening: missing) }
        for content in [Data(), Data("COLDNEAR".utf8), Data(repeating: 1, count: 10_000)] {
            try content.write(to: file)
            #expect(throws: (any Error).self) { try VectorIndex(opening: file) }
        }
        #expect(throws: (any Error).self) { try VectorIndex(opening: folder) }
    }

    @Test func laterVersionsAreNamed() throws {
        try made().save(to: file)
        var data = try Data(contentsOf: file)
        let text = try #require(data.range(of: Data("\"version\":1".utf8)))
        data.replaceSubrange(text, with: Data("\"version\":9".utf8))
        try data.write(to: file)
        #expect(throws: VectorIndexError.newerVersion(path: file.path, got: 9, expected: 1)) {
            try VectorIndex(opening: file)
        }
    }

    /// Every cut is noticed; whatever else is wrong, a search ends and its rows exist.
    @Test func damagedFilesNeverCrash() throws {
        try made().save(to: file)
        let whole = try Data(contentsOf: file)
        for size in [1, 8, 100, 4095, 4096, whole.count / 2, whole.count - 1] {
            try whole.prefix(size).write(to: file)
            #expect(throws: (any Error).self) { try VectorIndex(opening: file) }
        }
        try (whole + Data([0])).write(to: file)
        #expect(throws: VectorIndexError.self) { try VectorIndex(opening: file) }
        var generator = SeededGenerator(seed: 9)
        let damaged = folder.appendingPathComponent("damaged")
        for round in 0..<200 {
            var data = whole
            // In the header, or anywhere; single bytes, or a run of them.
            let range = round % 4 == 0 ? 8..<400 : IndexHeader.page..<data.count
            for _ in 0..<(round % 3 == 0 ? 1 : 400) {
                let at = range.lowerBound + generator.integer(below: range.count)
                let run = min(range.upperBound, at + (round % 5 == 0 ? 64 : 1))
                for i in at..<run { data[i] = UInt8(generator.integer(below: 256)) }
            }
            try data.write(to: damaged)
            guard let index = try? VectorIndex(opening: damaged) else { continue }
            let query = randomMatrix(1, index.dimensions, seed: UInt64(round)).storage
            for list in [
                index.nearest(to: query, count: 20), index.approximate(to: query, count: 20),
                index.approximate(
                    to: query, count: 20, among: RowSet(rows: index.count) { $0 % 2 == 0 }),
            ] {
                #expect(list.allSatisfy { (0..<index.count).contains($0.index) })
            }
        }
    }
}
