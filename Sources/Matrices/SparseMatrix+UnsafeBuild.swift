/// Entries of a sparse matrix in coordinate form: entry `i` is `values[i]` at row `rows[i]`, column `columns[i]`.
/// A large matrix comes as many blocks, so that each can be given back once its entries are in place.
public struct CoordinateBlock: Sendable {
    public var rows: [Int32]
    public var columns: [Int32]
    public var values: [Float]

    public init(rows: [Int32] = [], columns: [Int32] = [], values: [Float] = []) {
        precondition(rows.count == columns.count && rows.count == values.count)
        self.rows = rows
        self.columns = columns
        self.values = values
    }
}

extension SparseMatrix {
    /// Builds from blocks of coordinates on several threads; entries at the same place are added up, in their order.
    /// The same blocks give the same matrix, whatever the number of threads.
    ///
    /// Counting sort by row, then each row by column: by insertion when short, else by counting its columns' bytes.
    /// - Parameter blocks: pass the only reference to them: their memory is given back on the way.
    /// - Complexity: O(n + rows · threads) time; 8 bytes an entry beside the blocks and the result.
    public init(
        rows: Int, columns: Int, blocks: consuming [CoordinateBlock],
        threads: Int = Parallel.defaultThreads
    ) {
        let parts = max(1, min(threads, blocks.count))
        let bounds = (0...parts).map { $0 * blocks.count / parts }
        let total = blocks.reduce(0) { $0 + $1.rows.count }
        let places = UnsafeMutablePointer<Int>.allocate(capacity: max(1, parts * rows))
        places.initialize(repeating: 0, count: parts * rows)
        let packed = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, total))
        defer {
            places.deallocate()
            packed.deallocate()
        }
        let starts = UnsafeMutablePointer<Int>.allocate(capacity: rows + 1)
        let unique = UnsafeMutablePointer<Int>.allocate(capacity: rows + 1)
        defer {
            starts.deallocate()
            unique.deallocate()
        }
        blocks.withUnsafeMutableBufferPointer { buffer in
            // Each part has blocks, a row of `places` and places of `packed` of its own.
            nonisolated(unsafe) let buffer = buffer
            nonisolated(unsafe) let (places, packed) = (places, packed)
            Parallel.forEach(parts, threads: parts) { part in
                let counts = places + part * rows
                for block in buffer[bounds[part]..<bounds[part + 1]] {
                    for row in block.rows {
                        precondition(row >= 0 && row < rows, "SparseMatrix: row outside the shape")
                        counts[Int(row)] += 1
                    }
                }
            }
            var next = 0
            for row in 0..<rows {
                starts[row] = next
                for part in 0..<parts {
                    let count = places[part * rows + row]
                    places[part * rows + row] = next
                    next += count
                }
            }
            starts[rows] = next
            Parallel.forEach(parts, threads: parts) { part in
                let places = places + part * rows
                for index in bounds[part]..<bounds[part + 1] {
                    let block = buffer[index]
                    for i in block.rows.indices {
                        let column = block.columns[i]
                        precondition(
                            column >= 0 && column < columns,
                            "SparseMatrix: column outside the shape")
                        let row = Int(block.rows[i])
                        packed[places[row]] =
                            UInt64(UInt32(column)) << 32 | UInt64(block.values[i].bitPattern)
                        places[row] += 1
                    }
                    buffer[index] = CoordinateBlock()
                }
            }
        }
        self.init(
            rows: rows, columns: columns, packed: packed, starts: starts, unique: unique,
            threads: threads)
    }

    /// Sorts and sums the rows of `packed` (`starts[row]..<starts[row + 1]`) and copies them into CSR.
    private init(
        rows: Int, columns: Int, packed: UnsafeMutablePointer<UInt64>,
        starts: UnsafeMutablePointer<Int>, unique: UnsafeMutablePointer<Int>, threads: Int
    ) {
        // Rows are independent; each chunk of them touches its own places only.
        nonisolated(unsafe) let (packed, starts, unique) = (packed, starts, unique)
        let grain = 2048
        let chunks = (rows + grain - 1) / grain
        let digits = max(1, (Int.bitWidth - max(0, columns - 1).leadingZeroBitCount + 7) / 8)
        Parallel.forEach(chunks, threads: threads) { chunk in
            let scratch = RadixScratch()
            for row in chunk * grain..<min(rows, (chunk + 1) * grain) {
                let (entries, count) = (packed + starts[row], starts[row + 1] - starts[row])
                scratch.sortByColumn(entries, count, digits: digits)
                unique[row] = Self.addUp(entries, count)
            }
        }
        var offsets = [Int](repeating: 0, count: rows + 1)
        for row in 0..<rows { offsets[row + 1] = offsets[row] + unique[row] }
        let count = offsets[rows]
        var values: [Float] = []
        let done = offsets
        let indices = [Int32](unsafeUninitializedCapacity: count) { indices, written in
            values = [Float](unsafeUninitializedCapacity: count) { sums, filled in
                nonisolated(unsafe) let (indices, sums) = (indices, sums)
                Parallel.forEach(chunks, threads: threads) { chunk in
                    for row in chunk * grain..<min(rows, (chunk + 1) * grain) {
                        let entries = packed + starts[row]
                        for i in 0..<unique[row] {
                            let place = done[row] + i
                            (indices.baseAddress! + place).initialize(to: Int32(entries[i] >> 32))
                            (sums.baseAddress! + place).initialize(
                                to: Float(bitPattern: UInt32(truncatingIfNeeded: entries[i])))
                        }
                    }
                }
                filled = count
            }
            written = count
        }
        self.init(
            rows: rows, columns: columns, rowOffsets: offsets, columnIndices: indices,
            values: values)
    }

    /// Adds up neighbours of the same column, in place. - Returns: how many are left.
    private static func addUp(_ entries: UnsafeMutablePointer<UInt64>, _ count: Int) -> Int {
        guard count > 1 else { return count }
        var last = 0
        for i in 1..<count {
            if entries[i] >> 32 == entries[last] >> 32 {
                let sum =
                    Float(bitPattern: UInt32(truncatingIfNeeded: entries[last]))
                    + Float(bitPattern: UInt32(truncatingIfNeeded: entries[i]))
                entries[last] = (entries[last] >> 32) << 32 | UInt64(sum.bitPattern)
            } else {
                last += 1
                entries[last] = entries[i]
            }
        }
        return last + 1
    }
}

/// Sorts packed entries (column in the upper half) by column, keeping the order of equal ones.
private final class RadixScratch {
    private var spare: UnsafeMutablePointer<UInt64>
    private var capacity = 256
    private let counts: UnsafeMutablePointer<Int>

    init() {
        spare = .allocate(capacity: capacity)
        counts = .allocate(capacity: 256)
    }

    deinit {
        spare.deallocate()
        counts.deallocate()
    }

    func sortByColumn(_ entries: UnsafeMutablePointer<UInt64>, _ count: Int, digits: Int) {
        guard count > 32 else { return insertionSort(entries, count) }
        if count > capacity {
            spare.deallocate()
            capacity = max(count, 2 * capacity)
            spare = .allocate(capacity: capacity)
        }
        var (from, to) = (entries, spare)
        for digit in 0..<digits {
            let shift = UInt64(32 + 8 * digit)
            counts.update(repeating: 0, count: 256)
            for i in 0..<count { counts[Int(from[i] >> shift & 255)] += 1 }
            var next = 0
            for value in 0..<256 {
                let here = counts[value]
                counts[value] = next
                next += here
            }
            for i in 0..<count {
                let value = Int(from[i] >> shift & 255)
                to[counts[value]] = from[i]
                counts[value] += 1
            }
            swap(&from, &to)
        }
        if from != entries { entries.update(from: from, count: count) }
    }

    private func insertionSort(_ entries: UnsafeMutablePointer<UInt64>, _ count: Int) {
        guard count > 1 else { return }
        for i in 1..<count {
            let entry = entries[i]
            var j = i
            while j > 0, entries[j - 1] >> 32 > entry >> 32 {
                entries[j] = entries[j - 1]
                j -= 1
            }
            entries[j] = entry
        }
    }
}
