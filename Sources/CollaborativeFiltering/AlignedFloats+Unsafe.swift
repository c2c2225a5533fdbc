import Foundation

/// Floats that begin at a page's start, in huge pages where the system has them.
///
/// Rows of a large matrix are read in no order; from an arbitrary address each would touch one more cache line, and in
/// small pages nearly each would miss the cache of address translations.
final class AlignedFloats: @unchecked Sendable {
    // Sendable because nobody writes after `init`.
    private let memory: UnsafeMutableBufferPointer<Float>

    /// - Parameter fill: writes every one of the `count` floats.
    init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
        let hugePage = 2 << 20
        let bytes = count * MemoryLayout<Float>.stride
        let alignment = bytes >= hugePage ? hugePage : 64
        let rounded = (max(bytes, 1) + alignment - 1) / alignment * alignment
        let start = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: alignment)
        #if os(Linux)
            // A wish: where it is not granted the pages are small.
            if bytes >= hugePage { madvise(start, rounded, MADV_HUGEPAGE) }
        #endif
        memory = UnsafeMutableBufferPointer(
            start: start.bindMemory(to: Float.self, capacity: count), count: count)
        if let base = memory.baseAddress, count > 0 { fill(base) }
    }

    deinit { UnsafeMutableRawPointer(memory.baseAddress)?.deallocate() }

    func withUnsafePointer(_ body: (UnsafePointer<Float>?) -> Void) {
        withExtendedLifetime(self) { body(UnsafePointer(memory.baseAddress)) }
    }
}
