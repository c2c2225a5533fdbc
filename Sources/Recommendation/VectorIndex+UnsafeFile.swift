import Foundation
import Matrices

extension VectorIndex {
    /// Writes the index: to a temporary name, synced and renamed into place.
    /// - Throws: ``ArrayFileError/cannotWrite(path:reason:)``.
    public func save(to url: URL) throws {
        try memory.withData { try AtomicFile.write($0, to: url) }
    }

    /// Opens an index by mapping its file: nothing but its header is read until a search does, and processes that open the same file
    /// share its pages.
    /// - Parameters:
    ///   - source: what the vectors must belong to; nil for anything.
    ///   - digest: of the vectors it must be made from, see ``digest(_:)``; nil for any.
    /// - Throws: ``VectorIndexError``, ``ArrayFileError/cannotRead(path:reason:)``.
    public init(opening url: URL, source: String? = nil, digest: String? = nil) throws {
        let path = url.path
        let memory = try PageMemory(mapping: url)
        let header = try memory.withData { data in
            let header = try IndexHeader(data, path: path)
            for (what, got, expected) in [
                ("source", header.source, source), ("vectors' digest", header.digest, digest),
            ] {
                if let expected, got != expected {
                    throw VectorIndexError.foreign(
                        path: path, what: what, got: got, expected: expected)
                }
            }
            return header
        }
        let layout = IndexLayout(header, stride: Self.walkStride(header.dimensions))
        guard memory.bytes.count == layout.size else {
            throw VectorIndexError.damaged(
                path: path,
                reason: "it has \(memory.bytes.count) bytes where its header needs \(layout.size)")
        }
        self.init(header, layout, memory)
    }

    /// Tells matrices apart; not meant to withstand an attacker. 64 bits of four sums over the elements' bits, and the shape.
    public static func digest(_ items: Matrix) -> String {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sums = SIMD4<UInt64>(1, 2, 3, 4)
        func mix(_ words: SIMD4<UInt64>) {
            sums = (sums ^ words) &* SIMD4(repeating: prime)
            sums ^= sums &>> SIMD4(repeating: 29)
        }
        items.storage.withUnsafeBytes { bytes in
            var at = 0
            while at + 32 <= bytes.count {
                mix(bytes.loadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self))
                at += 32
            }
            var rest = SIMD4<UInt64>()
            for (i, byte) in bytes[at...].enumerated() {
                rest[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8))
            }
            mix(rest)
        }
        mix(SIMD4(UInt64(items.rows), UInt64(items.columns), 0, 0))
        mix(SIMD4(sums[1], sums[2], sums[3], sums[0]))
        let sum = (sums[0] &* prime ^ sums[1]) &* prime ^ (sums[2] &* prime ^ sums[3])
        return String(format: "%016llx", sum)
    }
}
