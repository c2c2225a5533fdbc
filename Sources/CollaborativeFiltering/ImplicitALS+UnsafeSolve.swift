import CKernels
import Foundation
import Matrices
import Synchronization

/// The side held fixed during half an iteration, whitened: with `A = YᵀY + λI = LLᵀ`, `W = Y L⁻ᵀ`.
struct FixedSide: Sendable {
    let dimensions: Int
    /// `dimensions` rounded up to whole vectors.
    let stride: Int
    /// `YᵀY`, `[dimensions, dimensions]`.
    let gram: [Double]
    /// `L⁻¹`, `[dimensions, stride]`; turns whitened solutions back.
    let inverse: [Float]
    /// `L⁻ᵀ`, `[dimensions, stride]`; whitens.
    let whitener: [Float]
    /// `W`, `[rows, stride]`.
    let whitened: AlignedFloats

    /// - Throws: ``FactorizationError/singular(what:)`` when `A` is not positive definite.
    init(_ factors: Matrix, gram: [Double], diagonal: Double, threads: Int, what: String) throws {
        let d = factors.columns
        let stride = (d + 7) / 8 * 8
        var inverse = [Float](repeating: 0, count: d * stride)
        var whitener = inverse
        var scratch = [Double](repeating: 0, count: d * d)
        guard
            coldwave_als_whitener(gram, diagonal, Int32(d), &scratch, &inverse, &whitener) == 0
        else { throw FactorizationError.singular(what: what) }
        dimensions = d
        self.stride = stride
        self.gram = gram
        self.inverse = inverse
        self.whitener = whitener
        whitened = Self.multiply(factors, whitener, stride: stride, threads: threads)
    }

    /// Rows times `L⁻ᵀ`, `[rows, stride]`.
    func whiten(_ rows: Matrix, threads: Int) -> AlignedFloats {
        Self.multiply(rows, whitener, stride: stride, threads: threads)
    }

    private static func multiply(_ rows: Matrix, _ matrix: [Float], stride: Int, threads: Int)
        -> AlignedFloats
    {
        let d = rows.columns
        let chunk = 4096
        return AlignedFloats(count: rows.rows * stride) { out in
            let base = Written(base: out)
            Parallel.forEach((rows.rows + chunk - 1) / chunk, threads: threads) { part in
                let first = part * chunk
                rows.storage.withUnsafeBufferPointer { values in
                    guard let from = values.baseAddress, let to = base.base else { return }
                    coldwave_als_multiply(
                        from + first * d, Int64(min(chunk, rows.rows - first)), Int32(d), matrix,
                        to + first * stride)
                }
            }
        }
    }
}

extension ImplicitALS {
    /// `YᵀY`, `[d, d]`. Parts of fixed size are summed in order, so that the result does not depend on the threads.
    func gram(_ matrix: Matrix) -> [Double] {
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
        return total
    }

    /// One half of an iteration: the factors of every row of `confidences` with the other side fixed.
    /// - Parameters:
    ///   - confidences: c where the preference is 1, −c where it is 0.
    ///   - empty: `[rows, d]`, what rows without an entry get; nil for zero.
    ///   - right: `[rows, d]`, what each row's right-hand side has beside its entries; nil for nothing.
    func solve(
        _ confidences: SparseMatrix, _ order: RowOrder, _ fixed: FixedSide, empty: Matrix? = nil,
        right: Matrix? = nil, what: String
    ) throws -> Matrix {
        let d = fixed.dimensions
        var result = empty ?? Matrix(rows: confidences.rows, columns: d)
        let right = right.map { fixed.whiten($0, threads: threads) }
        let failed = Atomic<Int>(-1)
        result.storage.withUnsafeMutableBufferPointer { out in
            let out = Written(base: out.baseAddress)
            withHalf(confidences, fixed, right, out) { half in
                let shared = SharedHalf(half: half)
                // A claim is a run of groups, so that what follows a group is known and can be fetched ahead.
                let claims = order.claims
                Parallel.forEach(claims.count, threads: threads) { i in
                    withScratch(d) { scratch in
                        order.rows.withUnsafeBufferPointer { rows in
                            guard let rows = rows.baseAddress else { return }
                            for first in stride(
                                from: claims[i].lowerBound, to: claims[i].upperBound,
                                by: RowOrder.group)
                            {
                                let end = min(claims[i].upperBound, first + RowOrder.group)
                                let following = min(2 * RowOrder.group, order.rows.count - end)
                                let status = coldwave_als_solve(
                                    shared.half, rows + first, Int32(end - first),
                                    Int32(following), scratch)
                                if status >= 0 { failed.store(Int(status), ordering: .relaxed) }
                            }
                        }
                    }
                }
            }
        }
        let row = failed.load(ordering: .relaxed)
        if row >= 0 { throw FactorizationError.singular(what: "\(what) \(row)") }
        return result
    }

    /// `Σ c (p − s)² − s²` over the entries.
    func pairLoss(_ confidences: SparseMatrix, _ x: Matrix, _ y: Matrix) -> Double {
        let chunk = 1024
        let parts = Parallel.map((x.rows + chunk - 1) / chunk, threads: threads) { part -> Double in
            confidences.rowOffsets.withUnsafeBufferPointer { offsets in
                offsets.withMemoryRebound(to: Int64.self) { offsets in
                    coldwave_als_loss(
                        x.storage, y.storage, Int32(x.columns), offsets.baseAddress,
                        confidences.columnIndices, confidences.values, Int64(part * chunk),
                        Int64(min(x.rows, (part + 1) * chunk)))
                }
            }
        }
        return parts.reduce(0, +)
    }

    private func withHalf(
        _ confidences: SparseMatrix, _ fixed: FixedSide, _ right: AlignedFloats?, _ out: Written,
        _ body: (UnsafePointer<coldwave_als_half>) -> Void
    ) {
        func run(_ right: UnsafePointer<Float>?) {
            confidences.rowOffsets.withUnsafeBufferPointer { offsets in
                offsets.withMemoryRebound(to: Int64.self) { offsets in
                    confidences.columnIndices.withUnsafeBufferPointer { indices in
                        confidences.values.withUnsafeBufferPointer { values in
                            fixed.whitened.withUnsafePointer { others in
                                fixed.inverse.withUnsafeBufferPointer { inverse in
                                    var half = coldwave_als_half(
                                        dimensions: Int32(fixed.dimensions),
                                        stride: Int32(fixed.stride), others: others,
                                        inverse: inverse.baseAddress, offsets: offsets.baseAddress,
                                        indices: indices.baseAddress,
                                        confidences: values.baseAddress, right: right,
                                        out: out.base)
                                    withUnsafePointer(to: &half, body)
                                }
                            }
                        }
                    }
                }
            }
        }
        if let right { right.withUnsafePointer(run) } else { run(nil) }
    }

    private func withScratch<T>(_ dimensions: Int, _ body: (UnsafeMutablePointer<Float>) -> T) -> T
    {
        withUnsafeTemporaryAllocation(
            byteCount: Int(coldwave_als_scratch(Int32(dimensions))) * MemoryLayout<Float>.size,
            alignment: 64
        ) { body($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
    }
}

/// Rows being written. Sendable because every thread writes only its own.
private struct Written: @unchecked Sendable { let base: UnsafeMutablePointer<Float>? }
/// What a half iteration reads. Sendable because nobody changes it, and the rows it points to for writing are divided
/// among the threads.
private struct SharedHalf: @unchecked Sendable { let half: UnsafePointer<coldwave_als_half> }
