/// Floats on a 64-byte boundary, as the kernels' vectors want them; zeros at first.
final class FloatBuffer {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int, repeating value: Float = 0) {
        self.count = count
        start = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 4), alignment: 64)
            .bindMemory(to: Float.self, capacity: count)
        start.initialize(repeating: value, count: count)
    }

    deinit { start.deallocate() }

    var floats: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

    func set(_ values: [Float]) {
        precondition(values.count <= count)
        for i in values.indices { start[i] = values[i] }
    }
}

/// Memory that parallel tasks write: each task only to places of its own, and whoever holds the memory waits for all of them.
struct Shared<Element>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>
}

/// Memory that parallel tasks only read, while whoever holds it waits for all of them.
struct Lent<Element>: @unchecked Sendable {
    let base: UnsafePointer<Element>
}
