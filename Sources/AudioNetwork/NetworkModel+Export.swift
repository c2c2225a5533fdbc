import Foundation
import Matrices

/// The files a network can be written to for other programs.
public enum NetworkFormat: String, CaseIterable, Sendable {
    case safetensors, onnx, npz
}

extension NetworkModel {
    /// Writes the network, atomically: `safetensors` with names as a PyTorch module has them; `onnx` as a graph `mel` → `factors`;
    /// `npz` the same arrays as safetensors.
    /// - Parameter arrays: what else an `npz` is to hold.
    /// - Throws: ``NetworkError``, `ArrayFileError`.
    public func export(
        _ format: NetworkFormat, to url: URL, with arrays: [String: NamedArray] = [:]
    ) throws {
        switch format {
        case .safetensors: try write(to: url)
        case .onnx: try writeONNX(to: url)
        case .npz:
            let weights = tensors.mapValues { NamedArray.floats($0.values, shape: $0.shape) }
            try ArrayArchive.write(weights.merging(arrays) { weight, _ in weight }, to: url)
        }
    }
}
