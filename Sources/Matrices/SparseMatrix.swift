/// A sparse matrix in compressed sparse row (CSR) form, shape `[rows, columns]`.
/// Within a row, column indices ascend and are unique.
public struct SparseMatrix: Equatable, Sendable {
    public let rows: Int
    public let columns: Int
    /// `rows + 1` offsets into `columnIndices` and `values`.
    public let rowOffsets: [Int]
    public let columnIndices: [Int32]
    public let values: [Float]

    /// Builds from coordinates; entries at the same place are added up.
    /// - Complexity: O(n) plus sorting within rows.
    public init(
        rows: Int, columns: Int, entries: some Sequence<(row: Int, column: Int, value: Float)>
    ) {
        var rowIndices: [Int32] = []
        var unsorted: [(column: Int32, value: Float)] = []
        var counts = [Int](repeating: 0, count: rows + 1)
        for entry in entries {
            precondition(
                entry.row < rows && entry.column < columns, "SparseMatrix: entry outside the shape")
            rowIndices.append(Int32(entry.row))
            unsorted.append((Int32(entry.column), entry.value))
            counts[entry.row + 1] += 1
        }
        for r in 0..<rows { counts[r + 1] += counts[r] }
        var next = counts
        var placed = [(column: Int32, value: Float)](repeating: (0, 0), count: unsorted.count)
        for (i, r) in rowIndices.enumerated() {
            placed[next[Int(r)]] = unsorted[i]
            next[Int(r)] += 1
        }
        var offsets = [0]
        offsets.reserveCapacity(rows + 1)
        var indices: [Int32] = []
        var sums: [Float] = []
        indices.reserveCapacity(placed.count)
        sums.reserveCapacity(placed.count)
        for r in 0..<rows {
            for entry in placed[counts[r]..<counts[r + 1]].sorted(by: { $0.column < $1.column }) {
                if indices.count > offsets[r], indices.last == entry.column {
                    sums[sums.count - 1] += entry.value
                } else {
                    indices.append(entry.column)
                    sums.append(entry.value)
                }
            }
            offsets.append(indices.count)
        }
        self.rows = rows
        self.columns = columns
        rowOffsets = offsets
        columnIndices = indices
        values = sums
    }

    init(
        rows: Int, columns: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Float]
    ) {
        self.rows = rows
        self.columns = columns
        self.rowOffsets = rowOffsets
        self.columnIndices = columnIndices
        self.values = values
    }

    /// Number of stored entries.
    public var count: Int { values.count }

    /// The positions in `columnIndices` and `values` of one row's entries.
    @inlinable public func range(ofRow row: Int) -> Range<Int> {
        rowOffsets[row]..<rowOffsets[row + 1]
    }

    /// One row's column indices, ascending.
    @inlinable public func indices(ofRow row: Int) -> ArraySlice<Int32> {
        columnIndices[range(ofRow: row)]
    }

    /// Shape `[columns, rows]`. - Complexity: O(count + rows + columns).
    public func transposed() -> SparseMatrix {
        var offsets = [Int](repeating: 0, count: columns + 1)
        for c in columnIndices { offsets[Int(c) + 1] += 1 }
        for c in 0..<columns { offsets[c + 1] += offsets[c] }
        var next = offsets
        var indices = [Int32](repeating: 0, count: count)
        var moved = [Float](repeating: 0, count: count)
        for r in 0..<rows {
            for i in range(ofRow: r) {
                let place = next[Int(columnIndices[i])]
                next[Int(columnIndices[i])] += 1
                indices[place] = Int32(r)
                moved[place] = values[i]
            }
        }
        return SparseMatrix(
            rows: columns, columns: rows, rowOffsets: offsets, columnIndices: indices, values: moved
        )
    }

    /// The same shape without the entries for which `isIncluded(row, column, value)` is false.
    public func filtered(_ isIncluded: (Int, Int, Float) -> Bool) -> SparseMatrix {
        var offsets = [0]
        var indices: [Int32] = []
        var kept: [Float] = []
        for r in 0..<rows {
            for i in range(ofRow: r) where isIncluded(r, Int(columnIndices[i]), values[i]) {
                indices.append(columnIndices[i])
                kept.append(values[i])
            }
            offsets.append(indices.count)
        }
        return SparseMatrix(
            rows: rows, columns: columns, rowOffsets: offsets, columnIndices: indices, values: kept)
    }

    /// The same places with other values.
    public func mapValues(_ transform: (Float) -> Float) -> SparseMatrix {
        SparseMatrix(
            rows: rows, columns: columns, rowOffsets: rowOffsets, columnIndices: columnIndices,
            values: values.map(transform))
    }
}
