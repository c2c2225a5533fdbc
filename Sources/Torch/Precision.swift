import CTorch
import Foundation

/// The type of number that products are computed in. Weights as they are kept, sums, losses and optimisers are float32 in either.
public enum Precision: String, Codable, CaseIterable, Sendable {
    case float32
    /// 8 bits of mantissa: twice as fast on processors and GPUs that have it.
    case bfloat16

    /// The environment variable that says which is faster on this machine's CPU. A program that wants bfloat16 chosen for it
    /// tries it out (``matrixProductRate(_:)``) and sets this before computing.
    public static let variable = "COLDWAVE_PRECISION"

    /// The faster one on a device as far as is known: what ``variable`` says for a CPU, float32 without it; bfloat16 on a CUDA GPU that has
    /// it.
    public static func fastest(on device: String) -> Precision {
        switch device {
        case "cuda": ctorch_cuda_has_bfloat16() ? .bfloat16 : .float32
        case "cpu":
            ProcessInfo.processInfo.environment[variable].flatMap(Precision.init) ?? .float32
        default: .float32
        }
    }

    /// GFLOP/s of matrix products in this precision on the CPU: the best of a few of 768 × 768, some milliseconds each.
    ///
    /// On a machine whose processor claims to have what it has not, this may end the process: run it in one that may end.
    /// - Throws: ``TorchError``.
    public func matrixProductRate(threads: Int) throws -> Double {
        try Torch.setThreads(threads)
        let size = 768
        let values = (0..<size * size).map { Float($0 % 17) / 17 - 0.5 }
        let x = try Tensor.from(values, shape: [size, size], precision: self)
        let bias = try Tensor.from(
            [Float](repeating: 0, count: size), shape: [size], precision: self)
        return try Torch.withoutGradients {
            var best = Double.infinity
            for _ in 0..<8 {
                let began = DispatchTime.now().uptimeNanoseconds
                _ = try x.linear(x, bias)
                best = min(best, Double(DispatchTime.now().uptimeNanoseconds - began))
            }
            return 2 * Double(size * size * size) / best
        }
    }
}
