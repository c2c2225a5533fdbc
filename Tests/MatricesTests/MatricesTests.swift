import Foundation
import Matrices
import Testing

@Suite struct MatricesTests {
    @Test func arraysSurviveTheDisk() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).npy")
        defer { try? FileManager.default.removeItem(at: url) }
        let matrix = Matrix(rows: 2, columns: 3, storage: [1, -2, 3.5, 0, .infinity, 6])
        try ArrayFile.write(matrix, to: url)
        #expect(try ArrayFile.readMatrix(url) == matrix)
        #expect(throws: ArrayFileError.self) { try ArrayFile.readVector(url) }
        try Data("hello".utf8).write(to: url)
        #expect(throws: ArrayFileError.self) { try ArrayFile.readMatrix(url) }
    }

    @Test func truncatedArrayIsRefused() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).npy")
        defer { try? FileManager.default.removeItem(at: url) }
        try ArrayFile.write(Matrix(rows: 4, columns: 4, repeating: 1), to: url)
        try Data(contentsOf: url).dropLast(8).write(to: url)
        #expect(throws: ArrayFileError.self) { try ArrayFile.readMatrix(url) }
    }

    @Test func sparseMatrixAddsDuplicatesAndTransposes() {
        let m = SparseMatrix(
            rows: 3, columns: 4,
            entries: [(2, 1, 5), (0, 3, 1), (0, 0, 2), (0, 3, 4)].map {
                (row: $0.0, column: $0.1, value: $0.2)
            })
        #expect(m.rowOffsets == [0, 2, 2, 3])
        #expect(m.columnIndices == [0, 3, 1])
        #expect(m.values == [2, 5, 5])
        let t = m.transposed()
        #expect(t.rows == 4 && t.columns == 3)
        #expect(t.transposed() == m)
        #expect(m.filtered { _, c, _ in c != 3 }.count == 2)
    }

    /// The threaded build against the slow, obvious one: short and long rows, empty rows, repeated places.
    @Test(arguments: [1, 2, 5]) func blocksBuildTheSameMatrix(threads: Int) {
        var generator = SeededGenerator(seed: 3)
        for (rows, columns, count) in [
            (0, 0, 0), (1, 1, 3), (40, 70_000, 9_000), (5_000, 9, 6_000),
        ] {
            // Half of all entries stand in the first rows, so that both ways of sorting are met.
            let entries = (0..<count).map { i in
                (
                    row: generator.integer(below: i % 2 == 0 ? rows : min(rows, 3)),
                    column: generator.integer(below: columns),
                    value: Float(1 + generator.integer(below: 9))
                )
            }
            var blocks: [CoordinateBlock] = []
            for start in stride(from: 0, to: count, by: 1000) {
                let part = entries[start..<min(count, start + 1000)]
                blocks.append(
                    CoordinateBlock(
                        rows: part.map { Int32($0.row) }, columns: part.map { Int32($0.column) },
                        values: part.map(\.value)))
            }
            let expected = SparseMatrix(rows: rows, columns: columns, entries: entries)
            #expect(
                SparseMatrix(rows: rows, columns: columns, blocks: blocks, threads: threads)
                    == expected)
        }
    }

    @Test func topIndicesAgreeWithSorting() {
        var generator = SeededGenerator(seed: 1)
        for n in [0, 1, 5, 100] {
            let scores = (0..<n).map { _ in Float(generator.integer(below: 20)) }
            let sorted = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
            for k in [0, 1, 3, 10, 200] {
                #expect(topIndices(scores, k) == Array(sorted.prefix(k)))
            }
        }
        #expect(topIndices([.nan, 1, .nan], 2) == [1])
    }

    @Test func generatorIsSeeded() {
        var a = SeededGenerator(seed: 7)
        var b = SeededGenerator(seed: 7)
        var c = SeededGenerator(seed: 7, stream: 1)
        let first = (0..<8).map { _ in a.next() }
        #expect(first == (0..<8).map { _ in b.next() })
        #expect(first != (0..<8).map { _ in c.next() })
        let normals = (0..<20_000).map { _ in a.normal() }
        let mean = normals.reduce(0, +) / 20_000
        let variance = normals.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    }

    @Test func parallelLoopVisitsEveryIndexOnce() {
        let squares = Parallel.map(1000, threads: 4, grain: 7) { $0 * $0 }
        #expect(squares == (0..<1000).map { $0 * $0 })
    }

    @Test func unitRowsKeepZeros() {
        let unit = Matrix(rows: 2, columns: 2, storage: [3, 4, 0, 0]).unitRows()
        #expect(unit.storage == [0.6, 0.8, 0, 0])
    }
}
