import Foundation
import Matrices
import Testing
import Torch

@testable import AudioNetwork

@Suite(.serialized) struct NetworkTests {
    func golden(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
            .appendingPathComponent(name)
    }

    func tiny(learning: Bool) throws -> (ConvolutionalNetwork, input: Tensor, target: Tensor) {
        let network = try ConvolutionalNetwork(
            NetworkModel(contentsOf: golden("tiny.safetensors")), learning: learning)
        let mel = try ArrayFile.readFloats(golden("mel.npy"))
        let target = try ArrayFile.readFloats(golden("target.npy"))
        return (
            network, try .from(mel.values, shape: mel.shape),
            try .from(target.values, shape: target.shape)
        )
    }

    @Test func forwardPassEqualsPyTorch() throws {
        let (network, input, _) = try tiny(learning: false)
        let output = try network(input).values()
        for (a, b) in zip(output, try ArrayFile.readFloats(golden("output.npy")).values) {
            #expect(abs(a - b) < 1e-5)
        }
    }

    @Test func gradientsEqualPyTorch() throws {
        let (network, input, target) = try tiny(learning: true)
        try network(input, dropoutSeed: 1).squaredError(target).backward()
        let expected = try SafeTensors.read(golden("gradients.safetensors")).tensors
        #expect(expected.count == network.parameters.count)
        for ((name, _), parameter) in zip(network.configuration.parameterShapes, network.parameters)
        {
            for (a, b) in zip(
                try parameter.gradient().values(), try #require(expected[name]).values)
            {
                #expect(abs(a - b) < 1e-4 + 1e-4 * abs(b), "\(name)")
            }
        }
    }

    @Test func firstTenLossesEqualPyTorch() throws {
        let (network, input, target) = try tiny(learning: true)
        let optimizer = try Optimizer(.nesterov, network.parameters, weightDecay: 1e-4)
        for (i, expected) in try ArrayFile.readVector(golden("losses.npy")).enumerated() {
            let loss = try network(input, dropoutSeed: 1).squaredError(target)
            #expect(abs(try loss.item() / expected - 1) < 1e-4)
            try loss.backward()
            try optimizer.step(learningRate: 0.01, number: i + 1)
        }
    }

    @Test func adamWLossesEqualPyTorch() throws {
        let (network, input, target) = try tiny(learning: true)
        let optimizer = try Optimizer(.adamW, network.parameters, weightDecay: 0.1)
        for (i, expected) in try ArrayFile.readVector(golden("losses_adamw.npy")).enumerated() {
            let loss = try network(input, dropoutSeed: 1).squaredError(target)
            #expect(abs(try loss.item() / expected - 1) < 1e-4)
            try loss.backward()
            try optimizer.step(learningRate: 0.01, number: i + 1)
        }
    }

    @Test func framesAreAveraged() throws {
        let values: [Float] = [1, 10, 3, 20, 5, 30, 7, 40, 9, 50]
        let mean = try Tensor.from(values, shape: [1, 5, 2]).averagedOverFrames(2)
        #expect(mean.shape == [1, 2, 2])
        #expect(try mean.values() == [2, 15, 6, 35])
        #expect(throws: TorchError.self) {
            try Tensor.from(values, shape: [1, 5, 2]).averagedOverFrames(6)
        }
    }

    @Test func oldModelsAreReadAsTheyWere() throws {
        let old = try NetworkModel(contentsOf: golden("tiny.safetensors"))
        #expect(old.configuration.inputPool == 1)
        let text = try JSONEncoder().encode(NetworkConfiguration.coldwave1)
        #expect(try JSONDecoder().decode(NetworkConfiguration.self, from: text) == .coldwave1)
    }

    static func smallNetwork() -> NetworkConfiguration {
        var configuration = NetworkConfiguration()
        configuration.windowFrames = 99
        configuration.melBands = 8
        configuration.convolutions = [
            .init(filters: 12, width: 4, pool: 4), .init(filters: 12, width: 4, pool: 2),
            .init(filters: 16, width: 4, pool: 1),
        ]
        configuration.denseUnits = [24, 24]
        configuration.outputs = 3
        return configuration
    }

    /// Songs of three kinds: each has its energy in another band; the kind is the target.
    static func songs(_ count: Int, frames: Int = 300) throws -> (MatrixSource, Matrix) {
        var generator = SeededGenerator(seed: 5)
        var targets = Matrix(rows: count, columns: 3)
        let spectrograms = (0..<count).map { song -> Matrix in
            targets[song, song % 3] = 1
            return Matrix(
                rows: frames, columns: 8,
                storage: (0..<frames * 8).map {
                    Float(($0 % 8) / 3 == song % 3 ? 2 : 0.5) + Float(generator.normal() * 0.2)
                })
        }
        return (try MatrixSource(spectrograms), targets)
    }

    static func training(epochs: Int) -> TrainingConfiguration {
        var training = TrainingConfiguration()
        training.epochs = epochs
        training.leastWindows = nil
        training.batchSize = 8
        training.optimizer = .nesterov
        training.learningRate = 0.02
        training.device = "cpu"
        return training
    }

    @Test func fewSongsArePassedOverMoreOften() throws {
        var training = TrainingConfiguration()
        #expect(training.passes(over: 224) == 23 && training.passes(over: 10_000) == 10)
        // What was written before there was a least number of windows goes on as it was.
        let old = try JSONDecoder().decode(
            TrainingConfiguration.self,
            from: Data(
                String(decoding: JSONEncoder().encode(training), as: UTF8.self)
                    .replacingOccurrences(of: #""leastWindows":20000,"#, with: "")
                    .replacingOccurrences(of: #","leastWindows":20000"#, with: "").utf8))
        #expect(old.passes(over: 224) == 10)
        training.leastWindows = nil
        #expect(old == training)
        #expect(TrainingConfiguration(for: .dieleman2014).passes(over: 224) == 8)
    }

    @Test func songsWeighByTheirFactorsNorm() throws {
        let factors = Matrix(rows: 3, columns: 2, storage: [3, 4, 0, 1, 0, 0])
        // Kept whole, the norms 5 and 1 are brought to a mean square of 1: divided by √13.
        let whole = Lesson(factors, power: 1, weighting: 0, over: [0, 1]).targets
        #expect(abs(whole[0, 0] - 3 / Float(13).squareRoot()) < 1e-6)
        #expect(abs(whole[1, 1] - 1 / Float(13).squareRoot()) < 1e-6)
        let lesson = Lesson(factors, power: 0, weighting: 1, over: [0, 1])
        #expect(abs(lesson.targets[0, 1] - 0.8) < 1e-6)
        // Norms 5 and 1 about their mean of 3; a song without factors counts nothing.
        #expect(
            zip(lesson.weights, [5.0 / 3, 1.0 / 3, 0]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
        #expect(Lesson(factors, power: 0, weighting: 0, over: [0, 1]).weights[1] == 1)
        let output = try Tensor.from([1, 1, 1, 1], shape: [2, 2])
        let target = try Tensor.from([0, 0, 1, 3], shape: [2, 2])
        let weights = try Tensor.from([0.5, 2], shape: [2])
        // (0.5 · 2 + 2 · 4) / 2
        #expect(try output.squaredError(target, weights: weights).item() == 4.5)
        #expect(try output.squaredError(target).item() == 3)
    }

    @Test func whatIsChangedIsLevelAndColourAlone() throws {
        var generator = SeededGenerator(seed: 3)
        var level = SpectralAugmentation()
        level.colour = 0
        let flat = level.change(bands: 16, spread: 2, using: &generator)
        #expect(flat.allSatisfy { $0 == flat[0] } && flat[0] != 0)
        let many = (0..<2000).map { _ in
            SpectralAugmentation().change(bands: 16, spread: 2, using: &generator)
        }
        // Var = spread² (gain² + colour² Σ_k cos²), which over the bands is spread² (gain² + 2 colour²).
        let variance = many.joined().reduce(0) { $0 + $1 * $1 } / Float(2000 * 16)
        #expect(abs(variance - 4 * (0.36 + 2 * 0.09)) < 0.2)
        let (source, _) = try Self.songs(2, frames: 99)
        let windows = [Window(song: 0, start: 0), Window(song: 1, start: 50)]
        let plain = try source.gather(windows, frames: 60, threads: 1)
        let changed = try source.gather(
            windows, frames: 60, threads: 1,
            adding: [Array(repeating: 1, count: 8), (0..<8).map(Float.init)])
        for i in plain.indices {
            let (window, frame, band) = (i / 480, i / 8 % 60, i % 8)
            // The second window reaches 11 frames past its song: silence stays silence.
            let added: Float = window == 0 ? 1 : frame < 49 ? Float(band) : 0
            #expect(abs(changed[i] - plain[i] - added) < 1e-5)
        }
    }

    @Test(arguments: [1, 4])
    func wholeSongEqualsWindowByWindow(inputPool: Int) throws {
        var shape = Self.smallNetwork()
        shape.inputPool = inputPool
        if inputPool > 1 { shape.convolutions[0].pool = 1 }
        let model = try NetworkModel.initial(
            shape, mean: Array(repeating: 1, count: 8), deviation: Array(repeating: 1, count: 8),
            seed: 1)
        let (source, _) = try Self.songs(3, frames: 421)
        let predictor = try Predictor(model, threads: 1)
        let whole = try predictor.predict(source)
        let network = try ConvolutionalNetwork(model)
        let starts = predictor.windowStarts(frames: 421)
        #expect(starts.count > 4)
        for song in 0..<3 {
            let windows = try source.gather(
                starts.map { Window(song: song, start: $0) }, frames: 99, threads: 1)
            let outputs = try network(
                Tensor.from(windows, shape: [starts.count, 99, 8])
            ).values()
            for column in 0..<3 {
                let mean =
                    starts.indices.reduce(Float(0)) { $0 + outputs[$1 * 3 + column] }
                    / Float(starts.count)
                #expect(abs(whole[song, column] - mean) < 1e-6)
            }
        }
    }

    @Test func shortSongsAreHeardWithPadding() throws {
        let model = try NetworkModel.initial(
            Self.smallNetwork(), mean: Array(repeating: 1, count: 8),
            deviation: Array(repeating: 1, count: 8), seed: 1)
        let (short, _) = try Self.songs(1, frames: 20)
        #expect(try Predictor(model).predict(short).isFinite)
    }

    @Test func learnsWhatCanBeHeard() throws {
        let (source, targets) = try Self.songs(45)
        let result = try Trainer(network: Self.smallNetwork(), training: Self.training(epochs: 12))
            .train(source: source, targets: targets)
        let first = try #require(result.losses.first).train
        #expect(try #require(result.losses.last).train < first * 0.5)
        let places = try Predictor(result.model).predict(source)
        for song in 0..<45 { #expect(topIndices(places.row(song), 1) == [song % 3]) }
    }

    /// Stopped in the middle of the third epoch.
    @Test(arguments: [Optimizer.Rule.nesterov, .adamW], Precision.allCases)
    func resumedTrainingEqualsUninterrupted(rule: Optimizer.Rule, precision: Precision) throws {
        let (source, targets) = try Self.songs(24)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var training = Self.training(epochs: 4)
        training.optimizer = rule
        training.precision = precision
        training.threads = 1
        let trainer = Trainer(network: Self.smallNetwork(), training: training)
        let whole = try trainer.train(source: source, targets: targets)
        var steps = 0
        _ = try trainer.train(
            source: source, targets: targets, checkpointDirectory: folder,
            shouldStop: {
                steps += 1
                return steps > 30
            })
        let begun = try Checkpoint(directory: folder).read(memory: rule.remembers)?.begun
        #expect(begun?.steps == 30 - 2 * 12)
        var first = 0
        let resumed = try trainer.train(
            source: source, targets: targets, checkpointDirectory: folder, resume: true,
            progress: { if first == 0 { first = $0.windowsDone } })
        #expect(first == 31 * 8)
        #expect(resumed.model == whole.model)
        #expect(resumed.losses == whole.losses)
    }

    /// Nothing of a training is the process's: neither how many threads the others have nor what else draws numbers changes a bit of it. Its own
    /// number of threads may: on some processors it changes the order in which libtorch adds up.
    @Test(arguments: Precision.allCases)
    func trainingsSideBySideEqualThoseAlone(precision: Precision) async throws {
        let (source, targets) = try Self.songs(24)
        func train(threads: Int, seed: UInt64) throws -> NetworkModel {
            var training = Self.training(epochs: 3)
            training.precision = precision
            training.threads = threads
            training.seed = seed
            return try Trainer(network: Self.smallNetwork(), training: training)
                .train(source: source, targets: targets).model
        }
        let alone = try (1...3).map { threads in
            try [1, 2].map { try train(threads: threads, seed: $0) }
        }
        #expect(alone.allSatisfy { $0[0] != $0[1] })
        try await withThrowingTaskGroup { group in
            for threads in 1...3 {
                for seed in 1...2 {
                    group.addTask {
                        let model = try train(threads: threads, seed: UInt64(seed))
                        let isSame = model == alone[threads - 1][seed - 1]
                        #expect(isSame, "\(threads) threads, seed \(seed)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func dropoutComesFromItsSeedAlone() throws {
        let ones = [Float](repeating: 1, count: 10_000)
        func dropOut(seed: UInt64) throws -> (values: [Float], gradient: [Float]) {
            let input = try Tensor.from(ones, shape: [1, 10_000]).requiringGradient()
            var generator = SeededGenerator(seed: seed)
            let output = try input.dropout(0.2, using: &generator)
            try output.squaredError(.from(ones.map { _ in 0 }, shape: [1, 10_000])).backward()
            return (try output.values(), try input.gradient().values())
        }
        let first = try dropOut(seed: 1)
        #expect(Set(first.values) == [0, 1.25])
        #expect(abs(first.values.filter { $0 == 0 }.count - 2000) < 200)
        #expect(first.gradient == first.values.map { 2 * $0 * 1.25 })
        let second = try dropOut(seed: 2).values
        // Nothing that one seed drops says what the other does.
        #expect(abs(zip(first.values, second).filter { $0 == 0 && $1 == 0 }.count - 400) < 100)
        // Nor what it does to a neighbour.
        #expect(
            abs(
                zip(first.values, first.values.dropFirst()).filter { $0 == 0 && $1 == 0 }.count
                    - 400)
                < 100)
        #expect(try dropOut(seed: 1).values == first.values)
        var generator = SeededGenerator(seed: 1)
        let narrow = try Tensor.from(ones, shape: [1, 10_000], precision: .bfloat16)
        #expect(
            try narrow.dropout(0.2, using: &generator).cast(to: .float32).values() == first.values)
    }

    @Test func validationSharesNoArtist() {
        let groups = (0..<2000).map { $0 / 5 }
        let (learned, kept) = Trainer().split(groups)
        #expect(learned.count + kept.count == 2000 && kept.count == 200)
        #expect(Set(learned.map { groups[$0] }).isDisjoint(with: kept.map { groups[$0] }))
        // Too few artists to choose an epoch by: all are learned from.
        #expect(Trainer().split((0..<200).map { $0 / 5 }).kept.isEmpty)
    }

    @Test func badInputIsRefused() throws {
        let (few, targets) = try Self.songs(5)
        #expect(throws: NetworkError.tooFewSongs(got: 5, needed: 20)) {
            try Trainer(network: Self.smallNetwork()).train(source: few, targets: targets)
        }
        let (source, good) = try Self.songs(24)
        var bad = good
        bad[3, 1] = .nan
        #expect(throws: NetworkError.unusableTargets) {
            try Trainer(network: Self.smallNetwork()).train(source: source, targets: bad)
        }
        #expect(throws: NetworkError.wrongBands(got: 8, expected: 128)) {
            try Trainer().train(source: source, targets: good)
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(UUID()).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        for garbage in [
            Data(), Data("hello world, no tensors".utf8), Data(repeating: 255, count: 100),
        ] {
            try garbage.write(to: file)
            #expect(throws: NetworkError.self) { try NetworkModel(contentsOf: file) }
        }
        let whole = try Data(contentsOf: golden("tiny.safetensors"))
        try whole.dropLast(40).write(to: file)
        #expect(throws: NetworkError.self) { try NetworkModel(contentsOf: file) }
    }

    @Test func theMethodsNetworkHasItsShapes() {
        let shape = NetworkConfiguration()
        #expect(shape.steps(frames: 599) == 32 && shape.stride == 16)
        #expect(shape.parameterShapes.map(\.name).count == 14)
        #expect(
            shape.parameterShapes[0].shape == [256, 128, 4]
                && shape.parameterShapes[12].shape == [40, 2048])
        #expect(shape.parameterShapes[8].shape == [2048, 1536])
    }

    @Test func learningRateRisesAndFalls() {
        let schedule = LearningRateSchedule(peak: 1, steps: 100)
        #expect(
            schedule.rate(step: 0) < 0.3 && schedule.rate(step: 5) > 0.99
                && schedule.rate(step: 99) < 0.02)
    }
}
