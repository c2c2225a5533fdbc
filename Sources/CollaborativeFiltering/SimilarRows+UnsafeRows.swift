import CKernels
import Matrices

extension SimilarRows {
    /// The neighbours of a range of rows, whose first is row 0 of the table.
    func table(rows: Range<Int>, threads: Int) -> NeighborTable {
        let all = weighted.rows
        let k = min(configuration.count, max(1, all - 1))
        var indices = [Int32](repeating: -1, count: rows.count * k)
        var scores = [Float](repeating: 0, count: rows.count * k)
        // Each claim clears its own cells: claims are large enough for that not to count, and even enough for all threads.
        let claim = max(64, all / 256)
        let claims = (rows.count + claim - 1) / claim
        indices.withUnsafeMutableBufferPointer { indices in
            scores.withUnsafeMutableBufferPointer { scores in
                let out = Found(indices: indices.baseAddress, scores: scores.baseAddress)
                withSparse(weighted) { matrix in
                    withSparse(columns) { columns in
                        let input = Compared(matrix: matrix, columns: columns)
                        Parallel.forEach(claims, threads: threads) { part in
                            let mine = part * claim..<min(rows.count, (part + 1) * claim)
                            var cells = [coldwave_cell](
                                repeating: coldwave_cell(sum: 0, common: 0), count: all)
                            var touched = [Int32](repeating: 0, count: all)
                            var (matrix, columns) = (input.matrix, input.columns)
                            for i in mine {
                                guard let indices = out.indices, let scores = out.scores else {
                                    return
                                }
                                _ = coldwave_similar_rows(
                                    &matrix, &columns, Int32(rows.lowerBound + i), Int32(k),
                                    configuration.shrinkage, &cells, &touched, indices + i * k,
                                    scores + i * k)
                            }
                        }
                    }
                }
            }
        }
        return NeighborTable(count: k, indices: indices, scores: scores)
    }

    private func withSparse(_ matrix: SparseMatrix, _ body: (coldwave_sparse) -> Void) {
        matrix.rowOffsets.withUnsafeBufferPointer { offsets in
            offsets.withMemoryRebound(to: Int64.self) { offsets in
                matrix.columnIndices.withUnsafeBufferPointer { indices in
                    matrix.values.withUnsafeBufferPointer { values in
                        body(
                            coldwave_sparse(
                                offsets: offsets.baseAddress, indices: indices.baseAddress,
                                values: values.baseAddress))
                    }
                }
            }
        }
    }
}

/// Where neighbours are written. Sendable because every thread writes only its own rows.
private struct Found: @unchecked Sendable {
    let indices: UnsafeMutablePointer<Int32>?
    let scores: UnsafeMutablePointer<Float>?
}

/// What is compared. Sendable because it is only read.
private struct Compared: @unchecked Sendable {
    let matrix: coldwave_sparse
    let columns: coldwave_sparse
}
