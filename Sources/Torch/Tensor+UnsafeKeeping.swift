import CTorch

extension Tensor {
    /// As ``from(_:shape:device:precision:)``, but without a copy where the CPU computes in float32: the tensor reads the array's memory, and keeps the
    /// array as long as libtorch needs it. It must not be written to.
    /// - Throws: ``TorchError``.
    public static func keeping(
        _ values: [Float], shape: [Int], device: String = "cpu", precision: Precision = .float32
    ) throws -> Tensor {
        guard device == "cpu", precision == .float32, !values.isEmpty else {
            return try from(values, shape: shape, device: device, precision: precision)
        }
        precondition(values.count == shape.reduce(1, *), "Tensor: values do not fit the shape")
        // An array of floats lies in one piece that stays where it is while somebody holds the array and nobody writes to it.
        let owner = Unmanaged.passRetained(KeptArray(values: values))
        return try make("make a tensor") { out in
            values.withUnsafeBufferPointer { buffer in
                ctorch_borrow_floats(
                    buffer.baseAddress, shape.map(Int64.init), Int32(shape.count),
                    { owner in owner.map { Unmanaged<KeptArray>.fromOpaque($0).release() } },
                    owner.toOpaque(), out)
            }
        }
    }
}

private final class KeptArray: Sendable {
    let values: [Float]
    init(values: [Float]) { self.values = values }
}
