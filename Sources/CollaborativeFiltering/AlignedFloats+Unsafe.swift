import Matrices

/// Floats that are written once and then only read, from a page's start on; see ``PageMemory`` for why.
struct AlignedFloats: Sendable {
    private let memory: PageMemory

    /// - Parameter fill: gets room for `count` zeros.
    init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
        memory = PageMemory(byteCount: count * MemoryLayout<Float>.stride)
        if let base = memory.bytes.bindMemory(to: Float.self).baseAddress, count > 0 { fill(base) }
    }

    func withUnsafePointer(_ body: (UnsafePointer<Float>?) -> Void) {
        withExtendedLifetime(memory) {
            body(UnsafePointer(memory.bytes.bindMemory(to: Float.self).baseAddress))
        }
    }
}
