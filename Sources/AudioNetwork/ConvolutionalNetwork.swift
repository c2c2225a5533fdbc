import Matrices
import Torch

/// The network: log-mel windows `[N, 599, 128]` → places in the taste space `[N, 40]`.
///
/// Four convolutions over time (the 128 bands are channels) with ReLU and max-pooling, global pooling over time by mean,
/// maximum and L2 norm, three dense layers with dropout. The whole of the model is on this screen.
struct ConvolutionalNetwork {
    let configuration: NetworkConfiguration
    /// Weight and bias of every layer, in order.
    let convolutions: [(weight: Tensor, bias: Tensor, pool: Int)]
    let dense: [(weight: Tensor, bias: Tensor)]
    /// Mean and standard deviation of every band over the training songs, `[128]`.
    let inputMean: Tensor
    let inputDeviation: Tensor
    /// What products are computed in; weights are float32, and so are outputs.
    let precision: Precision

    /// `[N, T, 128]` → `[N, T / inputPool, 128]`: every band with mean 0 and deviation 1 over the training songs.
    func standardized(_ mel: Tensor) throws -> Tensor {
        try mel.averagedOverFrames(configuration.inputPool)
            .standardized(mean: inputMean, deviation: inputDeviation).cast(to: precision)
    }

    /// What ``standardized(_:)`` gives, `[N, T, 128]` → `[N, steps, 512]`; T is a window or a whole song.
    func convolve(_ input: Tensor) throws -> Tensor {
        try convolutions.reduce(input) {
            try $0.convolved($1.weight, $1.bias, pool: $1.pool)
        }
    }

    /// Features pooled over time, `[N, 1536]` → `[N, 40]`.
    /// - Parameter dropoutSeed: what is dropped out while learning; nothing without one.
    func place(_ pooled: Tensor, dropoutSeed: UInt64? = nil) throws -> Tensor {
        try pooled.through(dense, dropout: configuration.dropout, seed: dropoutSeed)
            .cast(to: .float32)
    }

    /// What ``standardized(_:)`` gives → `[N, 40]`.
    func hear(_ input: Tensor, dropoutSeed: UInt64? = nil) throws -> Tensor {
        try place(convolve(input).pooledOverTime(), dropoutSeed: dropoutSeed)
    }

    /// `[N, 599, 128]` → `[N, 40]`.
    func callAsFunction(_ mel: Tensor, dropoutSeed: UInt64? = nil) throws -> Tensor {
        try hear(standardized(mel), dropoutSeed: dropoutSeed)
    }

    var parameters: [Tensor] {
        convolutions.flatMap { [$0.weight, $0.bias] } + dense.flatMap { [$0.weight, $0.bias] }
    }
}

extension Tensor {
    /// Through dense layers with ReLU, and dropout where there is a seed for it, after all but the last.
    func through(
        _ layers: [(weight: Tensor, bias: Tensor)], dropout: Double, seed: UInt64? = nil
    ) throws -> Tensor {
        guard let last = layers.last else { return self }
        var x = self
        var generator = SeededGenerator(seed: seed ?? 0)
        for layer in layers.dropLast() {
            x = try x.linear(layer.weight, layer.bias).relu()
            if seed != nil { x = try x.dropout(dropout, using: &generator) }
        }
        return try x.linear(last.weight, last.bias)
    }
}

extension ConvolutionalNetwork {
    /// A network with the weights of a model, on a device.
    init(
        _ model: NetworkModel, device: String = "cpu", learning: Bool = false,
        precision: Precision = .float32
    ) throws {
        configuration = model.configuration
        self.precision = precision
        func tensor(_ name: String) throws -> Tensor {
            let stored = try model.tensor(name)
            return try Tensor.from(stored.values, shape: stored.shape, device: device)
        }
        func parameter(_ name: String) throws -> Tensor {
            learning ? try tensor(name).requiringGradient() : try tensor(name)
        }
        convolutions = try configuration.convolutions.enumerated().map { i, layer in
            (try parameter("conv\(i + 1).weight"), try parameter("conv\(i + 1).bias"), layer.pool)
        }
        dense = try (1...configuration.denseUnits.count + 1).map {
            (try parameter("dense\($0).weight"), try parameter("dense\($0).bias"))
        }
        inputMean = try tensor("input.mean")
        inputDeviation = try tensor("input.std")
    }

    /// The weights as they are now.
    func model() throws -> NetworkModel {
        var tensors: [String: StoredTensor] = [:]
        for ((name, shape), tensor) in zip(configuration.parameterShapes, parameters) {
            tensors[name] = StoredTensor(shape: shape, values: try tensor.values())
        }
        let bands = [configuration.melBands]
        tensors["input.mean"] = StoredTensor(shape: bands, values: try inputMean.values())
        tensors["input.std"] = StoredTensor(shape: bands, values: try inputDeviation.values())
        return try NetworkModel(configuration: configuration, tensors: tensors)
    }
}
