import Foundation
import Matrices
import Synchronization

/// A matrix of play counts with the names of its rows and columns.
public struct Interactions: Sendable {
    public let listeners: [String]
    public let songs: [String]
    /// Play counts `[listeners, songs]`.
    public let matrix: SparseMatrix
    /// Rows that could not be read: how many, and the first 100.
    public let rejectedCount: Int
    public let rejected: [Rejection]

    /// Reads `listener, song, count` rows (plain, gzip or Zstandard); rows and columns in the order of first appearance.
    /// Ids are compared byte by byte.
    ///
    /// Threads parse chunks of lines, each with tables of names of its own; the tables are joined at the end. The result
    /// does not depend on their number. Memory: about 20 bytes a row, and the names.
    /// - Throws: ``HistoryError``.
    public init(triplets url: URL, threads: Int = Parallel.defaultThreads) throws {
        try self.init(triplets: url, threads: threads, chunkBytes: ChunkSupplier.chunkBytes)
    }

    init(triplets url: URL, threads: Int, chunkBytes: Int) throws {
        var parsers = try Self.parse(url, threads: max(1, threads), chunkBytes: chunkBytes)
        let (listeners, listenerNumbers) = Self.join(
            parsers.map { ($0.listeners, $0.firstListener) })
        let (songs, songNumbers) = Self.join(parsers.map { ($0.songs, $0.firstSong) })
        var blocks: [(chunk: Int, lines: Int, parser: Int, entries: CoordinateBlock)] = []
        for (index, parser) in parsers.enumerated() {
            blocks += parser.takeBlocks().map { ($0.chunk, $0.lines, index, $0.entries) }
        }
        blocks.sort { $0.chunk < $1.chunk }
        let lines = blocks.map(\.lines)
        rejectedCount = parsers.reduce(0) { $0 + $1.rejectedCount }
        rejected = Self.rejections(parsers, lines: lines)
        parsers = []
        guard !listeners.isEmpty else { throw HistoryError.unknownFormat(path: url.path) }
        let numbered = Mutex<[CoordinateBlock]>(blocks.map(\.entries))
        let owners = blocks.map(\.parser)
        blocks = []
        Parallel.forEach(owners.count, threads: threads) { i in
            var block = numbered.withLock { numbered in
                let block = numbered[i]
                numbered[i] = CoordinateBlock()
                return block
            }
            let (rows, columns) = (listenerNumbers[owners[i]], songNumbers[owners[i]])
            for j in block.rows.indices {
                block.rows[j] = rows[Int(block.rows[j])]
                block.columns[j] = columns[Int(block.columns[j])]
            }
            numbered.withLock { $0[i] = block }
        }
        matrix = SparseMatrix(
            rows: listeners.count, columns: songs.count,
            blocks: numbered.withLock { numbered in
                defer { numbered = [] }
                return numbered
            }, threads: threads)
        self.listeners = listeners
        self.songs = songs
    }

    private static func parse(_ url: URL, threads: Int, chunkBytes: Int) throws -> [TripletParser] {
        let supplier = ChunkSupplier(
            try HistoryFile.unpacked(url), path: url.path, chunkBytes: chunkBytes)
        let done = Mutex<[TripletParser]>([])
        let failure = Mutex<HistoryError?>(nil)
        Parallel.forEach(threads, threads: threads) { _ in
            let parser = TripletParser()
            var buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: chunkBytes, alignment: 16)
            defer { buffer.deallocate() }
            do {
                while failure.withLock({ $0 == nil }),
                    let (chunk, count) = try supplier.next(into: &buffer)
                {
                    var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    if chunk == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                        bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(3))
                    }
                    parser.parse(bytes.bindMemory(to: UInt8.self), chunk: chunk)
                }
            } catch {
                let told =
                    error as? HistoryError
                    ?? .cannotRead(path: url.path, reason: String(describing: error))
                failure.withLock { $0 = $0 ?? told }
            }
            let result = Unshared(parser)
            done.withLock { $0.append(result.value) }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return done.withLock { parsers in
            let result = Unshared(parsers)
            parsers = []
            return result
        }.value
    }

    /// Joins tables of names into one order, that of first appearance.
    /// - Returns: the names, and for each table what its numbers became.
    private static func join(_ tables: [(names: StringTable, first: [Int])]) -> (
        [String], [[Int32]]
    ) {
        let joined = StringTable()
        var numbers = tables.map { [Int32](repeating: 0, count: $0.names.count) }
        var next = [Int](repeating: 0, count: tables.count)
        while true {
            var earliest = -1
            var place = Int.max
            for (table, own) in next.enumerated() where own < tables[table].first.count {
                if tables[table].first[own] < place {
                    (earliest, place) = (table, tables[table].first[own])
                }
            }
            guard earliest >= 0 else { break }
            let own = next[earliest]
            let name = tables[earliest].names.bytes(own)
            numbers[earliest][own] = name.baseAddress.map { joined.number($0, name.count) } ?? 0
            next[earliest] += 1
        }
        return ((0..<joined.count).map { joined.name($0) }, numbers)
    }

    private static func rejections(_ parsers: [TripletParser], lines: [Int]) -> [Rejection] {
        var before = [0]
        for count in lines { before.append(before[before.count - 1] + count) }
        return parsers.flatMap(\.rejected)
            .map { Rejection(line: before[$0.chunk] + $0.line, reason: $0.reason) }
            .sorted { $0.line < $1.line }.prefix(100).map { $0 }
    }
}

/// Hands a value from the thread that made it to another; the maker must not use it afterwards.
private struct Unshared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
