import Foundation
import Matrices

/// A network's weights and configuration as plain values: what `model.safetensors` holds.
public struct NetworkModel: Equatable, Sendable {
    public let configuration: NetworkConfiguration
    public let tensors: [String: StoredTensor]

    /// - Throws: ``NetworkError/missingTensor(name:)``, ``NetworkError/wrongShape(name:got:expected:)``.
    public init(configuration: NetworkConfiguration, tensors: [String: StoredTensor]) throws {
        self.configuration = configuration
        self.tensors = tensors
        for (name, shape) in configuration.parameterShapes + configuration.solvedShapes {
            let got = try tensor(name).shape
            guard got == shape else {
                throw NetworkError.wrongShape(name: name, got: got, expected: shape)
            }
        }
    }

    func tensor(_ name: String) throws -> StoredTensor {
        guard let tensor = tensors[name] else { throw NetworkError.missingTensor(name: name) }
        return tensor
    }

    /// Fresh weights: He initialisation (normal, variance 2 / inputs) before a ReLU; the last layer a hundredth of that, so
    /// that learning starts from predicting nothing; biases zero; the input's normalisation as given, `[bands]` each.
    public static func initial(
        _ configuration: NetworkConfiguration, mean: [Float], deviation: [Float], seed: UInt64
    ) throws -> NetworkModel {
        var tensors: [String: StoredTensor] = [
            "input.mean": StoredTensor(shape: [mean.count], values: mean),
            "input.std": StoredTensor(shape: [deviation.count], values: deviation),
        ]
        let last = "dense\(configuration.denseUnits.count + 1).weight"
        for (i, (name, shape)) in configuration.parameterShapes.enumerated() {
            let count = shape.reduce(1, *)
            if shape.count == 1 {
                tensors[name] = StoredTensor(
                    shape: shape, values: Array(repeating: 0, count: count))
                continue
            }
            var generator = SeededGenerator(seed: seed, stream: UInt64(i) + 1)
            let inputs = Double(count / shape[0])
            let scale = (2 / inputs).squareRoot() * (name == last ? 0.01 : 1)
            tensors[name] = StoredTensor(
                shape: shape, values: (0..<count).map { _ in Float(generator.normal() * scale) })
        }
        return try NetworkModel(configuration: configuration, tensors: tensors)
    }

    /// What the bands are brought to before the first convolution.
    func bandScaling() throws -> BandScaling {
        BandScaling(
            mean: try tensor("input.mean").values, deviation: try tensor("input.std").values)
    }

    /// Writes safetensors with the configuration as JSON in the metadata.
    public func write(to url: URL, extra: [String: String] = [:]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        try SafeTensors.write(
            tensors,
            metadata: extra.merging(["format": "pt", "coldwave": "1", "configuration": text]) {
                $1
            }, to: url)
    }

    /// Reads what ``write(to:extra:)`` wrote.
    /// - Throws: ``NetworkError``.
    public init(contentsOf url: URL) throws {
        let (tensors, metadata) = try SafeTensors.read(url)
        guard metadata["coldwave"] == "1" else {
            throw NetworkError.notAModel(
                path: url.path,
                reason: metadata["coldwave"].map {
                    "its format is version \($0), this Coldwave reads version 1"
                }
                    ?? "it was not written by Coldwave")
        }
        guard let text = metadata["configuration"],
            let configuration = try? JSONDecoder().decode(
                NetworkConfiguration.self, from: Data(text.utf8))
        else { throw NetworkError.notAModel(path: url.path, reason: "it holds no configuration") }
        try self.init(configuration: configuration, tensors: tensors)
    }
}
