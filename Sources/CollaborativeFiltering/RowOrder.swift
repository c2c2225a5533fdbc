import CKernels
import Matrices

/// The rows of a sparse matrix by their number of entries, most first, without the empty ones; rows of one length in
/// ascending order.
///
/// Rows are solved in groups of eight of about the same length, and the longest come first, so that no thread is left
/// with one at the end.
struct RowOrder: Sendable {
    static let group = Int(COLDWAVE_ALS_GROUP)
    let rows: [Int32]
    /// Ranges of `rows` that a thread takes at a time: rows that are solved in the same way, whole groups.
    let claims: [Range<Int>]

    /// - Complexity: O(rows + the longest row).
    init(_ matrix: SparseMatrix, dimensions: Int) {
        let short = Int(coldwave_als_short(Int32(dimensions)))
        var longest = 0
        for row in 0..<matrix.rows { longest = max(longest, matrix.range(ofRow: row).count) }
        // Where the rows of each length begin, the longest first.
        var starts = [Int](repeating: 0, count: longest + 2)
        for row in 0..<matrix.rows { starts[matrix.range(ofRow: row).count] += 1 }
        var sum = 0
        for length in stride(from: longest, through: 0, by: -1) {
            (starts[length], sum) = (sum, sum + starts[length])
        }
        let long = short < longest ? starts[short] : 0
        let filled = starts[0]
        var rows = [Int32](repeating: 0, count: filled)
        for row in 0..<matrix.rows {
            let length = matrix.range(ofRow: row).count
            guard length > 0 else { continue }
            rows[starts[length]] = Int32(row)
            starts[length] += 1
        }
        self.rows = rows
        var claims: [Range<Int>] = []
        for (part, groups) in [(0..<long, 4), (long..<filled, 32)] {
            var first = part.lowerBound
            while first < part.upperBound {
                let end = min(part.upperBound, first + groups * Self.group)
                claims.append(first..<end)
                first = end
            }
        }
        self.claims = claims
    }
}
