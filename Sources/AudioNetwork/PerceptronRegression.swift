import Foundation
import Matrices
import Torch

/// The paper's MLP baseline: features of a song → its factors, two hidden layers with ReLU and dropout, by AdamW.
public struct PerceptronRegression {
    /// How it is trained.
    public struct Configuration: Codable, Equatable, Sendable {
        /// Units of each hidden layer.
        public var units = [512, 512]
        public var dropout = 0.5
        /// At most; the number is chosen on held-out groups.
        public var epochs = 60
        public var batchSize = 32
        public var learningRate = 1e-3
        public var weightDecay = 1e-2
        public var seed: UInt64 = 0

        public init() {}
    }

    private let layers: [(weight: Tensor, bias: Tensor)]
    private let mean: [Float]
    /// One for all features: those of principal components then keep their unequal weights.
    private let deviation: Float
    /// Passes over the songs that it was trained for.
    public let epochs: Int

    /// Trains on four fifths of the groups (artists) to see after how many epochs the others are predicted best, then on all of them for
    /// as long.
    /// - Parameters:
    ///   - features: `[songs, features]`.
    ///   - targets: `[songs, outputs]`.
    ///   - groups: each song's artist.
    /// - Throws: `TorchError`, ``NetworkError/wrongTargets(got:expected:)``.
    public static func tuned(
        features: Matrix, targets: Matrix, groups: [Int],
        _ configuration: Configuration = Configuration()
    ) throws -> PerceptronRegression {
        let names = Array(Set(groups)).sorted()
        let aside = Set(stride(from: 0, to: names.count, by: 5).map { names[$0] })
        let kept = groups.indices.filter { aside.contains(groups[$0]) }
        let learned = groups.indices.filter { !aside.contains(groups[$0]) }
        guard !kept.isEmpty, !learned.isEmpty else {
            return try PerceptronRegression(features: features, targets: targets, configuration)
        }
        var errors: [Double] = []
        let (heldFeatures, heldTargets) = (
            features.selectingRows(kept), targets.selectingRows(kept)
        )
        _ = try PerceptronRegression(
            features: features.selectingRows(learned), targets: targets.selectingRows(learned),
            configuration
        ) { trained in
            let predicted = try trained.predict(heldFeatures)
            errors.append(
                zip(predicted.storage, heldTargets.storage).reduce(0.0) {
                    $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
                })
        }
        var best = configuration
        best.epochs = (errors.indices.min { errors[$0] < errors[$1] } ?? 0) + 1
        return try PerceptronRegression(features: features, targets: targets, best)
    }

    /// - Parameter afterEpoch: sees it as it is after each epoch.
    public init(
        features: Matrix, targets: Matrix, _ configuration: Configuration = Configuration(),
        afterEpoch: (PerceptronRegression) throws -> Void = { _ in }
    ) throws {
        guard features.rows == targets.rows, features.rows > 0 else {
            throw NetworkError.wrongTargets(
                got: [targets.rows, targets.columns], expected: [features.rows, targets.columns])
        }
        let (n, d) = (features.rows, features.columns)
        mean = (0..<d).map { k in (0..<n).reduce(Float(0)) { $0 + features[$1, k] } / Float(n) }
        let center = mean
        let squares = features.storage.enumerated().reduce(0.0) {
            $0 + pow(Double($1.element - center[$1.offset % d]), 2)
        }
        deviation = Float(max(1e-9, (squares / Double(n * d)).squareRoot()))
        epochs = configuration.epochs
        var generator = SeededGenerator(seed: configuration.seed, stream: 0x31B)
        let sizes = [d] + configuration.units + [targets.columns]
        layers = try zip(sizes, sizes.dropFirst()).enumerated().map { layer, size in
            let (inputs, outputs) = size
            // The last layer starts near nothing, as the network's does: what is not learned is not predicted.
            let scale =
                (2 / Double(inputs)).squareRoot() * (layer == configuration.units.count ? 0.01 : 1)
            let values = (0..<inputs * outputs).map { _ in Float(generator.normal() * scale) }
            return (
                try Tensor.from(values, shape: [outputs, inputs]).requiringGradient(),
                try Tensor.from([Float](repeating: 0, count: outputs), shape: [outputs])
                    .requiringGradient()
            )
        }
        let optimizer = try Optimizer(
            .adamW, layers.flatMap { [$0.weight, $0.bias] }, weightDecay: configuration.weightDecay)
        let input = standardized(features)
        var dropouts = SeededGenerator(seed: configuration.seed, stream: 0xD0)
        var step = 0
        for _ in 0..<configuration.epochs {
            for batch in (0..<n).shuffled(using: &generator).batches(configuration.batchSize) {
                step += 1
                let output = try Tensor.from(input.selectingRows(batch))
                    .through(layers, dropout: configuration.dropout, seed: dropouts.next())
                try output.squaredError(.from(targets.selectingRows(batch))).backward()
                try optimizer.step(learningRate: configuration.learningRate, number: step)
            }
            try afterEpoch(self)
        }
    }

    private func standardized(_ features: Matrix) -> Matrix {
        var result = features
        for i in result.storage.indices {
            result.storage[i] = (result.storage[i] - mean[i % features.columns]) / deviation
        }
        return result
    }

    /// `[songs, outputs]`.
    public func predict(_ features: Matrix) throws -> Matrix {
        try Torch.withoutGradients {
            let output = try Tensor.from(standardized(features)).through(layers, dropout: 0)
            return Matrix(
                rows: output.shape[0], columns: output.shape[1], storage: try output.values())
        }
    }
}
