import Foundation
import Matrices
import Testing

@testable import ListeningHistory

@Suite struct InteractionsTests {
    /// Line by line with dictionaries, the obvious way.
    static func slow(_ text: String) -> (
        listeners: [String], songs: [String], matrix: SparseMatrix, rejected: [Int]
    ) {
        var listeners: [String] = []
        var songs: [String] = []
        var rowOf: [String: Int] = [:]
        var columnOf: [String: Int] = [:]
        var entries: [(row: Int, column: Int, value: Float)] = []
        var rejected: [Int] = []
        for (number, line) in text.utf8.split(separator: 10, omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.last == 13 ? line.dropLast() : line
            if line.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            guard let triplet = Triplet(line) else {
                rejected.append(number + 1)
                continue
            }
            if rowOf[triplet.listener] == nil {
                rowOf[triplet.listener] = listeners.count
                listeners.append(triplet.listener)
            }
            if columnOf[triplet.song] == nil {
                columnOf[triplet.song] = songs.count
                songs.append(triplet.song)
            }
            entries.append(
                (rowOf[triplet.listener]!, columnOf[triplet.song]!, Float(triplet.count)))
        }
        let matrix = SparseMatrix(rows: listeners.count, columns: songs.count, entries: entries)
        return (listeners, songs, matrix, rejected)
    }

    static func write(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).tsv")
        try Data(text.utf8).write(to: file)
        return file
    }

    /// Ids of every length around the words the fast way works in, rows of every form there is.
    static func rows(_ count: Int, seed: UInt64) -> String {
        var generator = SeededGenerator(seed: seed)
        func id(_ n: Int, _ prefix: String) -> String {
            // The number decides the length, 2 to 50 bytes.
            let name = "\(prefix)\(n)"
            return name + String(repeating: "x", count: n * 7 % 47)
        }
        var lines: [String] = []
        var listener = 0
        for _ in 0..<count {
            if generator.integer(below: 4) == 0 { listener = generator.integer(below: 90) }
            let (who, what) = (id(listener, "u"), id(generator.integer(below: 300), "s"))
            let plays = 1 + generator.integer(below: 12)
            switch generator.integer(below: 40) {
            case 0: lines.append("\(who),\(what),\(plays)")
            case 1: lines.append("\(who)\t\(what)\t\(plays)\r")
            case 2: lines.append("\(who)\t\(what)\t\(plays).0")
            case 3: lines.append("")
            case 4: lines.append("\(who)\t\(what)")
            case 5: lines.append("\(who)\t\(what)\t-1")
            case 6: lines.append("\(who)\t\(what)\t1e300")
            case 7: lines.append("\(who)\t\(what)\t1000000000")
            case 8: lines.append("\(who)\t\(what)\t10000000000000000000000")
            case 9: lines.append("\t\(what)\t1")
            case 10: lines.append("\(who)\t\t1")
            case 11: lines.append("\(who)\t\(what)\t1\t1")
            case 12: lines.append("é\(who)\tü\(what)\t 3 ")
            case 13: lines.append("\(who)\t\(what)\t0")
            case 14: lines.append("\(who)\t\(what)\tNaN")
            default: lines.append("\(who)\t\(what)\t\(plays)")
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: [(1, 1 << 20), (2, 4096), (3, 700), (2, 16)])
    func chunksOnThreadsReadWhatLinesSay(threads: Int, chunkBytes: Int) throws {
        let text = Self.rows(6000, seed: 5)
        let expected = Self.slow(text)
        for ending in ["", "\n"] {
            let file = try Self.write(text + ending)
            defer { try? FileManager.default.removeItem(at: file) }
            let read = try Interactions(triplets: file, threads: threads, chunkBytes: chunkBytes)
            #expect(read.listeners == expected.listeners && read.songs == expected.songs)
            #expect(read.matrix == expected.matrix)
            #expect(read.rejectedCount == expected.rejected.count && read.rejectedCount > 100)
            #expect(read.rejected.map(\.line) == Array(expected.rejected.prefix(100)))
        }
    }

    @Test func orderMarkGoesAndOtherFilesAreRefused() throws {
        let file = try Self.write("\u{FEFF}ann\ts1\t3\r\nann\ts1\t4")
        defer { try? FileManager.default.removeItem(at: file) }
        let read = try Interactions(triplets: file)
        #expect(read.listeners == ["ann"] && read.matrix.values == [7])
        for text in ["", "\n\n", "a,b\n1,2\n"] {
            let other = try Self.write(text)
            defer { try? FileManager.default.removeItem(at: other) }
            #expect(throws: HistoryError.self) { try Interactions(triplets: other) }
        }
    }

    @Test func tableNumbersNamesInOrderOfAppearance() {
        let table = StringTable()
        var expected: [String: Int32] = [:]
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let n = generator.integer(below: 5000)
            let name = String(repeating: "\(n)", count: 1 + n % 17)
            let number = expected[name] ?? Int32(expected.count)
            expected[name] = number
            #expect(table.number(name.utf8) == number)
        }
        #expect(table.count == expected.count)
        for (name, number) in expected {
            #expect(table.name(Int(number)) == name && table.find(name.utf8) == Int(number))
        }
        #expect(table.find("none".utf8) == nil && table.number("".utf8) == Int32(expected.count))
        // Zeros count: names are padded with them inside.
        #expect(table.number("a\0".utf8) != table.number("a".utf8))
    }
}
