import Foundation
import Matrices
import Testing
import Torch

@testable import AudioNetwork

/// The network in bfloat16, and the passes that are written out by hand, against libtorch's own operations in float32.
@Suite(.serialized) struct PrecisionTests {
    static func random(_ shape: [Int], seed: UInt64) throws -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return try Tensor.from(
            (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) }, shape: shape)
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += Double(x) * Double(y)
            aa += Double(x) * Double(x)
            bb += Double(y) * Double(y)
        }
        return ab / max((aa * bb).squareRoot(), 1e-30)
    }

    @Test(arguments: [(1, 5), (7, 37), (32, 64)])
    func poolingOverTimeEqualsTheReference(steps: Int, channels: Int) throws {
        func run(_ pool: (Tensor) throws -> Tensor) throws -> [[Float]] {
            let input = try Self.random([3, steps, channels], seed: 4).requiringGradient()
            let pooled = try pool(input)
            try pooled.squaredError(Self.random([3, 3 * channels], seed: 5)).backward()
            return [try pooled.values(), try input.gradient().values()]
        }
        for (fast, plain) in zip(
            try run { try $0.pooledOverTime() }, try run { try $0.pooledOverTimeByReference() })
        {
            #expect(fast.count == plain.count)
            for (a, b) in zip(fast, plain) { #expect(abs(a - b) < 1e-5 + 1e-5 * abs(b)) }
        }
    }

    @Test(arguments: [1, 2, 4])
    func convolutionInBfloat16EqualsConv1d(pool: Int) throws {
        func run(_ convolve: (Tensor, Tensor, Tensor) throws -> Tensor) throws -> [[Float]] {
            let leaves = try [[3, 23, 5], [7, 5, 4], [7]].enumerated().map {
                try Self.random($1, seed: 30 + UInt64($0)).requiringGradient()
            }
            let output = try convolve(leaves[0].cast(to: .bfloat16), leaves[1], leaves[2])
            try output.pooledOverTime().squaredError(Self.random([3, 21], seed: 5)).backward()
            return try [output.values()] + leaves.map { try $0.gradient().values() }
        }
        for (fast, plain) in zip(
            try run { try $0.convolved($1, $2, pool: pool) },
            try run { try $0.convolvedByReference($1, $2, pool: pool) })
        {
            #expect(fast.count == plain.count)
            #expect(Self.cosine(fast, plain) > 0.9995)
        }
    }

    @Test func windowsArePooledAsAlone() throws {
        let song = try Self.random([1, 40, 12], seed: 6)
        let values = try song.values()
        let starts = [0, 3, 33]
        let pooled = try song.pooledWindows(at: starts, length: 7)
        #expect(pooled.shape == [3, 36])
        let alone = try starts.flatMap { start in
            try Tensor.from(Array(values[start * 12..<(start + 7) * 12]), shape: [1, 7, 12])
                .pooledOverTime().values()
        }
        #expect(try pooled.values() == alone)
        #expect(throws: TorchError.self) { try song.pooledWindows(at: [34], length: 7) }
    }

    @Test(arguments: [Optimizer.Rule.nesterov, .adamW])
    func fusedStepsEqualOperations(rule: Optimizer.Rule) throws {
        func run(byOperations: Bool) throws -> [[Float]] {
            // Of more than one stretch, and of sizes that no vector divides.
            let shapes = [[13], [301, 257]]
            let parameters = try shapes.enumerated().map {
                try Self.random($1, seed: UInt64($0)).requiringGradient()
            }
            let averages = try parameters.map { try $0.zerosLike() }
            let optimizer = try Optimizer(
                rule, parameters, averages: averages, weightDecay: 0.05, gradientLimit: 0.5)
            for number in 1...4 {
                for (i, parameter) in parameters.enumerated() {
                    let target = try Self.random(shapes[i], seed: 70 + UInt64(number))
                    try parameter.squaredError(target).backward()
                }
                try optimizer.step(
                    learningRate: 0.05, number: number, averageShare: 1 / Double(number),
                    byOperations: byOperations)
            }
            return try (parameters + averages + optimizer.memory.flatMap(\.tensors)).map {
                try $0.values()
            }
        }
        let (fused, plain) = (try run(byOperations: false), try run(byOperations: true))
        for (a, b) in zip(fused, plain) {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 + 1e-4 * abs($1) })
        }
    }

    @Test func theNetworkInBfloat16IsNearlyThatInFloat32() throws {
        let shape = NetworkTests.smallNetwork()
        let model = try NetworkModel.initial(
            shape, mean: Array(repeating: 1, count: 8), deviation: Array(repeating: 1, count: 8),
            seed: 1)
        // Where rounding makes another step win its pool, a gradient goes elsewhere; many windows with one target average that out.
        let mel = try Self.random([64, 99, 8], seed: 2)
        let target = try Tensor.from(
            (0..<64 * 3).map { [1, -1, 0.5][$0 % 3] }, shape: [64, 3])
        func run(_ precision: Precision) throws -> (output: [Float], gradients: [[Float]]) {
            let network = try ConvolutionalNetwork(model, learning: true, precision: precision)
            let output = try network(mel)
            try output.squaredError(target).backward()
            return (try output.values(), try network.parameters.map { try $0.gradient().values() })
        }
        let (wide, narrow) = (try run(.float32), try run(.bfloat16))
        #expect(wide.output != narrow.output)
        #expect(Self.cosine(wide.output, narrow.output) > 0.999)
        for (a, b) in zip(wide.gradients, narrow.gradients) { #expect(Self.cosine(a, b) > 0.97) }
    }

    @Test(arguments: Precision.allCases)
    func songsHeardTogetherAreAsAlone(precision: Precision) throws {
        var shape = NetworkTests.smallNetwork()
        shape.inputPool = 2
        let model = try NetworkModel.initial(
            shape, mean: Array(repeating: 1, count: 8), deviation: Array(repeating: 1, count: 8),
            seed: 1)
        // Some shorter than a window, some no multiple of the stride, more than are heard at once.
        let lengths = [20, 99, 100, 421, 9_001, 777, 16_000, 130]
        let songs = try lengths.map { try NetworkTests.songs(1, frames: $0).0.spectrograms[0] }
        let predictor = try Predictor(model, precision: precision, threads: 2)
        let together = try predictor.predict(MatrixSource(songs))
        for (row, song) in songs.enumerated() {
            let alone = try predictor.predict(MatrixSource([song]))
            for (a, b) in zip(together.row(row), alone.row(0)) { #expect(abs(a - b) < 1e-6) }
        }
        let exact = try Predictor(model, threads: 2).predict(MatrixSource(songs))
        #expect(Self.cosine(exact.storage, together.storage) > 0.999)
    }

    @Test func learnsInBfloat16() throws {
        let (source, targets) = try NetworkTests.songs(45)
        var training = NetworkTests.training(epochs: 12)
        training.precision = .bfloat16
        let result = try Trainer(network: NetworkTests.smallNetwork(), training: training)
            .train(source: source, targets: targets)
        #expect(result.precision == .bfloat16)
        let places = try Predictor(result.model, precision: .bfloat16).predict(source)
        for song in 0..<45 { #expect(topIndices(places.row(song), 1) == [song % 3]) }
    }

    @Test func divergenceStopsWithAdvice() throws {
        let (source, targets) = try NetworkTests.songs(24)
        var training = NetworkTests.training(epochs: 3)
        training.learningRate = 1e30
        let error = #expect(throws: NetworkError.self) {
            try Trainer(network: NetworkTests.smallNetwork(), training: training)
                .train(source: source, targets: targets)
        }
        #expect(error.map { "\($0)".contains("Try a tenth") } == true)
    }

    @Test func everyStepDropsOutOthers() {
        let trainer = Trainer()
        let seeds = (0..<10).flatMap { epoch in
            (0..<100).map {
                trainer.seedOfDropout(epoch: epoch, step: $0)
            }
        }
        #expect(Set(seeds).count == 1000)
    }

    @Test func precisionIsWhatTheEnvironmentSays() {
        #expect(Precision.fastest(on: "mps") == .float32)
        #expect(
            Precision.fastest(on: "cpu")
                == ProcessInfo.processInfo.environment[Precision.variable].flatMap(Precision.init)
                ?? .float32)
    }
}
