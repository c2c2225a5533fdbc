import CTorch
import Matrices

/// A tensor of libtorch, float32 or bfloat16. Shapes are N (batch), T (time), C (channels).
public final class Tensor {
    let handle: ctorch_tensor_t

    private init(handle: ctorch_tensor_t) { self.handle = handle }

    deinit { ctorch_free(handle) }

    /// Calls a function of the shim that gives a new tensor.
    static func make(
        _ operation: String, _ body: (UnsafeMutablePointer<ctorch_tensor_t?>) -> Int32
    ) throws -> Tensor {
        var out: ctorch_tensor_t?
        try check(body(&out), operation)
        guard let out else {
            throw TorchError.failed(operation: operation, reason: "it gave no tensor")
        }
        return Tensor(handle: out)
    }

    /// A tensor with a copy of `values` in C order.
    /// - Throws: ``TorchError``.
    public static func from(
        _ values: [Float], shape: [Int], device: String = "cpu", precision: Precision = .float32
    ) throws -> Tensor {
        precondition(values.count == shape.reduce(1, *), "Tensor: values do not fit the shape")
        return try make("make a tensor") { out in
            values.withUnsafeBufferPointer { values in
                ctorch_from_floats(
                    values.baseAddress, shape.map(Int64.init), Int32(shape.count), device,
                    precision == .bfloat16, out)
            }
        }
    }

    /// A tensor `[rows, columns]`.
    public static func from(_ matrix: Matrix, device: String = "cpu") throws -> Tensor {
        try from(matrix.storage, shape: [matrix.rows, matrix.columns], device: device)
    }

    public var shape: [Int] { (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) } }

    /// All elements in C order, copied to the CPU.
    public func values() throws -> [Float] {
        let count = shape.reduce(1, *)
        var values = [Float](repeating: 0, count: count)
        try check(ctorch_copy_out(handle, &values, Int64(count)), "read a tensor")
        return values
    }

    /// The only element.
    public func item() throws -> Float { try values()[0] }

    public func zerosLike() throws -> Tensor {
        try Self.make("make zeros") { ctorch_zeros_like(handle, $0) }
    }

    /// Overwrites all elements, in place and without recording.
    public func assign(_ source: Tensor) throws {
        try check(ctorch_assign(handle, source.handle), "assign")
    }

    /// `self += factor · value`, in place, without recording and without waiting for the device.
    public func accumulate(_ value: Tensor, factor: Double) throws {
        try check(ctorch_accumulate(handle, value.handle, factor), "add up")
    }
}
