import CKernels
import Matrices

/// Vectors as bytes with one scale each, in blocks of 16: `[blocks, dimensions, 16]`.
struct ByteCodes: Sendable {
    static let lanes = Int(COLDWAVE_SCAN_LANES)
    static let sharedQueries = Int(COLDWAVE_SCAN_QUERIES)

    let blocks: Int
    let dimensions: Int
    let codes: [Int8]
    /// Largest magnitude / 127 of each vector; NaN where there is no finite vector.
    let scales: [Float]
    /// No vector is further from its code than this, in units of its scale (Euclidean), rounding included.
    let residual: Float

    init(_ items: Matrix) {
        let (lanes, d) = (Self.lanes, items.columns)
        blocks = (items.rows + lanes - 1) / lanes
        dimensions = d
        var codes = [Int8](repeating: 0, count: blocks * d * lanes)
        var scales = [Float](repeating: .nan, count: blocks * lanes)
        var worst = 0.0
        items.storage.withUnsafeBufferPointer { values in
            for row in 0..<items.rows {
                let vector = values[row * d..<(row + 1) * d]
                guard vector.allSatisfy(\.isFinite) else { continue }
                let largest = vector.reduce(Float(0)) { max($0, abs($1)) }
                // Below this the quotient would overflow; such a vector's scores are zero for any purpose.
                let scale = max(largest / 127, Float.leastNormalMagnitude)
                var squares = 0.0
                let start = (row / lanes) * d * lanes + row % lanes
                for k in 0..<d {
                    let exact = Double(vector[vector.startIndex + k]) / Double(scale)
                    let code = max(-127, min(127, exact.rounded()))
                    codes[start + k * lanes] = Int8(code)
                    squares += (exact - code) * (exact - code)
                }
                scales[row] = scale
                worst = max(worst, squares)
            }
        }
        self.codes = codes
        self.scales = scales
        // A float sum of d products errs by at most d · 2⁻²⁴ · ‖q‖‖x‖, and ‖x‖ ≤ 127 √d scales; once for the scan and once
        // for the full-precision score it stands for, doubled to be safe.
        let rounding = 4 * Double(d + 4) * 0x1p-24 * 127 * Double(d).squareRoot()
        residual = Float((worst.squareRoot() + rounding) * 1.000_001)
    }

    /// `|query · (vector − code)| ≤ slack · scale` (Cauchy–Schwarz).
    func slack(for query: some Sequence<Float>) -> Float {
        let squares = query.reduce(0.0) { $0 + Double($1) * Double($1) }
        return Float(squares.squareRoot() * Double(residual) * 1.000_001)
    }
}

extension VectorIndex {
    /// One query over some blocks.
    func scan(
        _ probe: [Float], blocks: Range<Int>, into best: inout BestNeighbors,
        where isAllowed: (Int) -> Bool
    ) {
        let slack = codes.slack(for: probe)
        var block = Int64(blocks.lowerBound)
        let end = Int64(blocks.upperBound)
        var lanes: UInt32 = 0
        codes.codes.withUnsafeBufferPointer { bytes in
            codes.scales.withUnsafeBufferPointer { scales in
                probe.withUnsafeBufferPointer { query in
                    guard let bytes = bytes.baseAddress, let scales = scales.baseAddress,
                        let query = query.baseAddress
                    else { return }
                    while block < end {
                        block = coldwave_scan(
                            bytes, scales, block, end, Int32(codes.dimensions), query, slack,
                            best.threshold, &lanes)
                        guard block < end else { return }
                        compare(probe[...], Int(block), lanes, &best, isAllowed)
                        block += 1
                    }
                }
            }
        }
    }

    /// Four queries over some blocks; `rows` are theirs in `probes`, `offset` is the row of `best[0]`.
    func scan(
        _ probes: Matrix, _ rows: [Int], offset: Int, blocks: Range<Int>,
        into best: inout [BestNeighbors]
    ) {
        let queries = probes.selectingRows(rows)
        let slacks = rows.map { codes.slack(for: probes.row($0)) }
        var thresholds = rows.map { best[$0 - offset].threshold }
        var lanes = [UInt32](repeating: 0, count: rows.count)
        var block = Int64(blocks.lowerBound)
        let end = Int64(blocks.upperBound)
        codes.codes.withUnsafeBufferPointer { bytes in
            codes.scales.withUnsafeBufferPointer { scales in
                guard let bytes = bytes.baseAddress, let scales = scales.baseAddress else { return }
                while block < end {
                    block = coldwave_scan4(
                        bytes, scales, block, end, Int32(codes.dimensions), queries.storage, slacks,
                        thresholds, &lanes)
                    guard block < end else { return }
                    for (q, row) in rows.enumerated() where lanes[q] != 0 {
                        compare(queries.row(q), Int(block), lanes[q], &best[row - offset]) { _ in
                            true
                        }
                        thresholds[q] = best[row - offset].threshold
                    }
                    block += 1
                }
            }
        }
    }

    /// Compares the passing lanes of a block in full precision.
    private func compare(
        _ probe: ArraySlice<Float>, _ block: Int, _ lanes: UInt32, _ best: inout BestNeighbors,
        _ isAllowed: (Int) -> Bool
    ) {
        var left = lanes
        while left != 0 {
            let index = block * ByteCodes.lanes + left.trailingZeroBitCount
            left &= left - 1
            guard index < items.rows else { continue }
            let candidate = Neighbor(index: index, score: dot(items.row(index), probe))
            if best.admits(candidate), isAllowed(index) { best.insert(candidate) }
        }
    }
}
