import CKernels
import Matrices

extension PlaceSearch {
    /// Blocks between two looks at whether the rest is long enough: few for a search that may end soon, and many enough for places to be
    /// fetched ahead.
    private static let tile = 256

    static func lengths(_ items: Matrix, threads: Int) -> [Float] {
        let (d, part) = (items.columns, 8192)
        return Parallel.map((items.rows + part - 1) / part, threads: threads) { i in
            items.storage.withUnsafeBufferPointer { values in
                (i * part..<min(items.rows, (i + 1) * part)).map { row in
                    var squares = 0.0
                    for k in row * d..<(row + 1) * d {
                        squares += Double(values[k]) * Double(values[k])
                    }
                    return Float(squares.squareRoot())
                }
            }
        }.flatMap { $0 }
    }

    /// Codes and scales in the order of `order`, and how far a place is from its code at most, in units of its scale.
    static func encode(_ items: Matrix, _ order: [Int32], threads: Int) -> (
        PageMemory, [Float], Double
    ) {
        let (lanes, d) = (VectorIndex.lanes, items.columns)
        let blocks = (items.rows + lanes - 1) / lanes
        let groups = (d + VectorIndex.group - 1) / VectorIndex.group
        let memory = PageMemory(byteCount: 64 * blocks * groups)
        nonisolated(unsafe) let codes = memory.bytes.assumingMemoryBound(to: UInt8.self)
        let part = 512
        let parts = Parallel.map((blocks + part - 1) / part, threads: threads) {
            i -> ([Float], Double) in
            var scales = [Float](
                repeating: .nan, count: lanes * (min(blocks, (i + 1) * part) - i * part))
            var rows = [Float](repeating: 0, count: lanes * d)
            var furthest = 0.0
            for block in i * part..<min(blocks, (i + 1) * part) {
                let here = order[block * lanes..<min(items.rows, (block + 1) * lanes)]
                for (lane, row) in here.enumerated() {
                    for k in 0..<d { rows[lane * d + k] = items.storage[Int(row) * d + k] }
                }
                scales.withUnsafeMutableBufferPointer { scales in
                    guard let mine = scales.baseAddress, let codes = codes.baseAddress else {
                        return
                    }
                    furthest = max(
                        furthest,
                        coldwave_encode(
                            rows, Int32(here.count), Int32(d), codes + block * groups * 64,
                            mine + (block - i * part) * lanes))
                }
            }
            return (scales, furthest)
        }
        return (
            memory, parts.flatMap(\.0), (parts.map(\.1).max() ?? 0).squareRoot()
        )
    }

    func scan(
        _ probe: ScanProbe, _ metric: VectorIndex.Metric, into best: inout BestNeighbors,
        where isAllowed: (Int) -> Bool
    ) {
        let isCosine = metric == .cosine
        let norm = probe.query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let scales = isCosine ? cosineScales : dotScales
        items.storage.withUnsafeBufferPointer { values in
            scales.withUnsafeBufferPointer { scales in
                guard let values = values.baseAddress, let scales = scales.baseAddress else {
                    return
                }
                let codes = coldwave_codes(
                    codes: codes.bytes.assumingMemoryBound(to: UInt8.self).baseAddress,
                    scales: scales, groups: Int32(groups))
                let tile = isCosine ? max(1, blocks) : Self.tile
                for first in stride(from: 0, to: blocks, by: tile) {
                    let longest = Double(lengths[first * VectorIndex.lanes])
                    if !isCosine, longest * norm * 1.000_001 + 1e-30 < Double(best.threshold) {
                        return
                    }
                    scan(
                        first..<min(blocks, first + tile), codes, values, probe, isCosine,
                        &best, isAllowed)
                }
            }
        }
        withExtendedLifetime(codes) {}
    }

    private func scan(
        _ blocks: Range<Int>, _ codes: coldwave_codes, _ values: UnsafePointer<Float>,
        _ probe: ScanProbe, _ isCosine: Bool, _ best: inout BestNeighbors,
        _ isAllowed: (Int) -> Bool
    ) {
        var codes = codes
        var block = Int64(blocks.lowerBound)
        let d = items.columns
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { room in
            guard let found = room.baseAddress else { return }
            let kept = found + 128
            probe.bytes.withUnsafeBufferPointer { bytes in
                var wanted = coldwave_probe(
                    query: bytes.baseAddress, factor: probe.factor, offset: probe.offset,
                    threshold: 0)
                while block < Int64(blocks.upperBound) {
                    let threshold = best.threshold
                    // A scale that was divided by a length is rounded once more.
                    wanted.threshold =
                        isCosine && threshold.isFinite ? threshold - 1e-6 : threshold
                    var count: Int32 = 0
                    block = coldwave_scan(
                        &codes, &wanted, nil, block, Int64(blocks.upperBound), found, 128, &count)
                    while count > 0, Int(found[Int(count) - 1]) >= order.count { count -= 1 }
                    guard count > 0 else { continue }
                    let (first, last) = (Int(found[0]), Int(found[Int(count) - 1]))
                    for i in 0..<Int(count) { kept[i] = order[Int(found[i])] }
                    var least = threshold - probe.rounding
                    if isCosine, threshold.isFinite {
                        // Of places nearly as long as each other: what the shortest and the longest would need.
                        least = min(threshold * lengths[first], threshold * lengths[last])
                        least -= (probe.rounding + 1e-6) * lengths[first]
                    }
                    let number = coldwave_keep(
                        values, Int32(d), probe.query, least, kept, count)
                    for i in 0..<Int(number) {
                        compare(Int(kept[i]), values, probe.query, isCosine, &best, isAllowed)
                    }
                }
            }
        }
    }

    private func compare(
        _ row: Int, _ values: UnsafePointer<Float>, _ query: [Float], _ isCosine: Bool,
        _ best: inout BestNeighbors, _ isAllowed: (Int) -> Bool
    ) {
        let d = items.columns
        let vector = UnsafeBufferPointer(start: values + row * d, count: d)
        let score = query.withUnsafeBufferPointer { query in
            guard isCosine else { return dot(vector, query) }
            // As ``Matrix/unitRows()`` rounds it.
            var squares = 0.0
            for value in vector { squares += Double(value) * Double(value) }
            guard squares > 0 else { return 0 }
            let scale = Float(1 / squares.squareRoot())
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: d) { unit in
                for k in 0..<d { unit[k] = vector[k] * scale }
                return dot(UnsafeBufferPointer(unit), query)
            }
        }
        let candidate = Neighbor(index: row, score: score)
        if best.admits(candidate), isAllowed(row) { best.insert(candidate) }
    }
}
