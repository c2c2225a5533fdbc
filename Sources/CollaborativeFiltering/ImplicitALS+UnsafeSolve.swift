import CKernels
import Foundation
import Matrices
import Synchronization

extension ImplicitALS {
    /// `YᵀY`, `[d, d]`. Blocks of fixed size are summed in order, so that the result does not depend on the threads.
    func gram(_ matrix: Matrix) -> Matrix {
        let d = matrix.columns
        let chunk = 8192
        let parts = Parallel.map((matrix.rows + chunk - 1) / chunk, threads: threads) {
            part -> [Double] in
            var sum = [Double](repeating: 0, count: d * d)
            let rows = part * chunk..<min(matrix.rows, (part + 1) * chunk)
            matrix.storage.withUnsafeBufferPointer { values in
                withScratch(d) { scratch in
                    coldwave_gram(
                        values.baseAddress.map { $0 + rows.lowerBound * d }, Int64(rows.count),
                        Int32(d), scratch, &sum)
                }
            }
            return sum
        }
        var total = [Double](repeating: 0, count: d * d)
        for part in parts { for i in total.indices { total[i] += part[i] } }
        return Matrix(rows: d, columns: d, storage: total.map(Float.init))
    }

    /// One half of an iteration: the factors of every row of `confidences` with `others` fixed.
    func solve(
        _ confidences: SparseMatrix, _ others: Matrix, gram: Matrix? = nil, diagonal: Float? = nil,
        prior: Matrix? = nil
    ) throws -> Matrix {
        let d = others.columns
        let gram = gram ?? self.gram(others)
        let diagonal = diagonal ?? configuration.regularization
        var result = Matrix(rows: confidences.rows, columns: d)
        let failed = Atomic<Int>(-1)
        result.storage.withUnsafeMutableBufferPointer { out in
            let rows = SolvedRows(base: out.baseAddress)
            others.storage.withUnsafeBufferPointer { others in
                let fixed = FixedFactors(base: others.baseAddress)
                Parallel.forEach(confidences.rows, threads: threads, grain: 64) { row in
                    guard let target = rows.base.map({ $0 + row * d }) else { return }
                    let range = confidences.range(ofRow: row)
                    if let prior, range.isEmpty {
                        for i in 0..<d { target[i] = prior[row, i] }
                        return
                    }
                    guard !range.isEmpty else { return }
                    let right = prior.map { prior in prior.row(row).map { $0 * diagonal } }
                    let status = withScratch(d) { scratch in
                        confidences.columnIndices.withUnsafeBufferPointer { indices in
                            confidences.values.withUnsafeBufferPointer { values in
                                gram.storage.withUnsafeBufferPointer { gram in
                                    func run(_ right: UnsafePointer<Float>?) -> Int32 {
                                        coldwave_als_row(
                                            fixed.base, Int32(d),
                                            indices.baseAddress! + range.lowerBound,
                                            values.baseAddress! + range.lowerBound,
                                            Int64(range.count),
                                            gram.baseAddress, diagonal, right, scratch, target)
                                    }
                                    return right.map {
                                        $0.withUnsafeBufferPointer { run($0.baseAddress) }
                                    } ?? run(nil)
                                }
                            }
                        }
                    }
                    if status != 0 { failed.store(row, ordering: .relaxed) }
                }
            }
        }
        let row = failed.load(ordering: .relaxed)
        if row >= 0 { throw FactorizationError.singular(row: row) }
        return result
    }

    private func withScratch<T>(_ dimensions: Int, _ body: (UnsafeMutablePointer<Float>) -> T) -> T
    {
        withUnsafeTemporaryAllocation(
            byteCount: Int(coldwave_als_scratch(Int32(dimensions))) * MemoryLayout<Float>.size,
            alignment: 64
        ) { body($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
    }
}

/// The rows being solved. Sendable because every thread writes only its own rows.
private struct SolvedRows: @unchecked Sendable { let base: UnsafeMutablePointer<Float>? }
/// The side held fixed. Sendable because it is only read.
private struct FixedFactors: @unchecked Sendable { let base: UnsafePointer<Float>? }
