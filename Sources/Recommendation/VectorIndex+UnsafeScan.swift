import CKernels
import Matrices

extension VectorIndex {
    /// Vectors of a block.
    static let lanes = Int(COLDWAVE_SCAN_LANES)
    /// Dimensions that lie together.
    static let group = Int(COLDWAVE_SCAN_GROUP)

    var blocks: Int { (count + Self.lanes - 1) / Self.lanes }
    var groups: Int { (dimensions + Self.group - 1) / Self.group }

    func start<T>(_ section: Range<Int>, of type: T.Type) -> UnsafeMutablePointer<T> {
        Self.start(memory, section, of: type)
    }

    static func start<T>(_ memory: PageMemory, _ section: Range<Int>, of type: T.Type)
        -> UnsafeMutablePointer<T>
    {
        // Sections lie within the memory: its size is the layout's, and every section begins at a page.
        memory.bytes.baseAddress.unsafelyUnwrapped.advanced(by: section.lowerBound)
            .assumingMemoryBound(to: type)
    }

    /// Writes the first page.
    static func writeHeader(_ header: IndexHeader, into memory: PageMemory) {
        header.encoded().withUnsafeBytes {
            memory.bytes.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0.prefix(IndexHeader.page)))
        }
    }

    /// Writes vectors (of unit length for cosine), codes and scales.
    static func encode(
        _ items: Matrix, into memory: PageMemory, _ layout: IndexLayout,
        _ header: inout IndexHeader, threads: Int
    ) {
        let (n, d) = (items.rows, items.columns)
        let blocks = (n + lanes - 1) / lanes
        let groups = (d + group - 1) / group
        nonisolated(unsafe) let vectors = start(memory, layout.vectors, of: Float.self)
        nonisolated(unsafe) let codes = start(memory, layout.codes, of: UInt8.self)
        nonisolated(unsafe) let scales = start(memory, layout.scales, of: Float.self)
        items.storage.withUnsafeBufferPointer { values in
            if let from = values.baseAddress { vectors.update(from: from, count: n * d) }
        }
        let part = 4096
        let found = Parallel.map((blocks + part - 1) / part, threads: threads) { i in
            var (furthest, longest) = (0.0, 0.0)
            for block in i * part..<min(blocks, (i + 1) * part) {
                let rows = block * lanes..<min(n, (block + 1) * lanes)
                let first = vectors + rows.lowerBound * d
                furthest = max(
                    furthest,
                    coldwave_encode(
                        first, Int32(rows.count), Int32(d), codes + block * groups * 64,
                        scales + block * lanes))
                for row in 0..<rows.count {
                    var squares = 0.0
                    for k in row * d..<(row + 1) * d {
                        squares += Double(first[k]) * Double(first[k])
                    }
                    if squares.isFinite { longest = max(longest, squares) }
                }
            }
            return (furthest, longest)
        }
        header.residual = (found.map(\.0).max() ?? 0).squareRoot()
        header.longest = (found.map(\.1).max() ?? 0).squareRoot()
    }

    /// The query in the index's metric; nil for one that nothing can be near to.
    func probe(_ query: [Float]) -> ScanProbe? {
        guard query.count == dimensions, query.allSatisfy(\.isFinite) else { return nil }
        let unit =
            metric == .cosine
            ? Matrix(rows: 1, columns: query.count, storage: query).unitRows().storage : query
        return ScanProbe(
            unit, residual: header.residual, longest: header.longest, groups: groups)
    }

    /// One query over some blocks.
    func scan(
        _ probe: ScanProbe, blocks: Range<Int>, among allowed: RowSet?,
        into best: inout BestNeighbors, where isAllowed: (Int) -> Bool
    ) {
        var codes = coldwave_codes(
            codes: start(layout.codes, of: UInt8.self),
            scales: start(layout.scales, of: Float.self), groups: Int32(groups))
        let vectors = start(layout.vectors, of: Float.self)
        var block = Int64(blocks.lowerBound)
        // Few, so that the threshold is never long behind.
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 128) { found in
            guard let found = found.baseAddress else { return }
            probe.bytes.withUnsafeBufferPointer { bytes in
                var wanted = coldwave_probe(
                    query: bytes.baseAddress, factor: probe.factor, offset: probe.offset,
                    threshold: 0)
                while block < Int64(blocks.upperBound) {
                    wanted.threshold = best.threshold
                    var count: Int32 = 0
                    block = withOptionalPointer(allowed?.words) {
                        coldwave_scan(
                            &codes, &wanted, $0, block, Int64(blocks.upperBound), found, 128,
                            &count)
                    }
                    // Behind the last vector a damaged file may have codes, but no more vectors.
                    while count > 0, Int(found[Int(count) - 1]) >= self.count { count -= 1 }
                    count = coldwave_keep(
                        vectors, Int32(dimensions), probe.query,
                        best.threshold - probe.rounding, found, count)
                    for i in 0..<Int(count) {
                        compare(Int(found[i]), probe, &best, isAllowed)
                    }
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    /// Takes a vector in when its score in full precision is good enough.
    func compare(
        _ index: Int, _ probe: ScanProbe, _ best: inout BestNeighbors, _ isAllowed: (Int) -> Bool
    ) {
        let vector = UnsafeBufferPointer(
            start: start(layout.vectors, of: Float.self) + index * dimensions, count: dimensions)
        let score = probe.query.withUnsafeBufferPointer { dot(vector, $0) }
        let candidate = Neighbor(index: index, score: score)
        if best.admits(candidate), isAllowed(index) { best.insert(candidate) }
    }
}

func withOptionalPointer<T, R>(_ values: [T]?, _ body: (UnsafePointer<T>?) -> R) -> R {
    guard let values else { return body(nil) }
    return values.withUnsafeBufferPointer { body($0.baseAddress) }
}
