import Matrices
import Testing

@testable import AudioNetwork

extension WidePath {
    /// Any map: 128 bands, 40 outputs.
    static var example: WidePath {
        var generator = SeededGenerator(seed: 3)
        func matrix(_ rows: Int, _ columns: Int) -> Matrix {
            Matrix(
                rows: rows, columns: columns,
                storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
        }
        return WidePath(fitting: matrix(12, 384), to: matrix(12, 40), groups: Array(0..<12))
    }
}

@Suite struct WideTests {
    @Test func statisticsAreThoseOfTheTextbook() {
        // Two bands over three steps.
        let window: [Float] = [0, 1, 1, 5, 4, 1]
        let bandA: [Float] = [0, 1, 4]
        let bandB: [Float] = [1, 5, 1]
        let got = WideStatistics.of(window[...], bands: 2)
        func mean(_ x: [Float]) -> Float { x.reduce(0, +) / Float(x.count) }
        func deviation(_ x: [Float]) -> Float {
            mean(x.map { ($0 - mean(x)) * ($0 - mean(x)) }).squareRoot()
        }
        let expected: [Float] = [
            mean(bandA), mean(bandB), deviation(bandA), deviation(bandB), (1 + 3) / 2, (4 + 4) / 2,
        ]
        for (a, b) in zip(got, expected) { #expect(abs(a - b) < 1e-6) }
        #expect(
            WideStatistics.mean(window[...], bands: 2, starts: [0, 0], length: 3) == got)
        #expect(WideStatistics.of([], bands: 2) == [0, 0, 0, 0, 0, 0])
    }

    /// Songs whose places follow from the loudness of their bands: what a linear map can hear.
    private func world(_ songs: Int) throws -> (source: MatrixSource, targets: Matrix) {
        var generator = SeededGenerator(seed: 5)
        var targets = Matrix(rows: songs, columns: 3)
        let spectrograms = (0..<songs).map { song in
            let levels = (0..<8).map { _ in Float(generator.uniform()) * 4 }
            targets.setRow(song, to: [levels[0] - 2, levels[3] - levels[5], levels[7] - 2])
            return Matrix(
                rows: 40, columns: 8,
                storage: (0..<40).flatMap { _ in
                    levels.map { $0 + Float(generator.normal()) * 0.2 }
                })
        }
        return (try MatrixSource(spectrograms), targets)
    }

    private func trainer(wide: Bool) -> Trainer {
        var shape = NetworkConfiguration.coldwave1
        shape.melBands = 8
        shape.windowFrames = 24
        shape.convolutions = [.init(filters: 4, width: 2, pool: 1)]
        shape.denseUnits = [4]
        shape.wide = wide
        var training = TrainingConfiguration()
        training.epochs = 1
        training.leastWindows = nil
        return Trainer(network: shape, training: training)
    }

    @Test func whatIsLinearIsHeardAtOnce() throws {
        let (source, targets) = try world(60)
        func error(_ wide: Bool) throws -> Double {
            let model = try trainer(wide: wide).train(source: source, targets: targets).model
            let heard = try Predictor(model).predict(source)
            let wished = TrainingConfiguration().targets(targets)
            return zip(heard.storage, wished.storage).reduce(0.0) {
                $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
            }
        }
        // One epoch teaches the deep way next to nothing; half of the answer leaves a quarter of the error.
        #expect(try error(true) < 0.4 * error(false))
    }

    @Test func deepWayIsHalvedAndTheSameAsAlone() throws {
        let (source, targets) = try world(40)
        let deep = try trainer(wide: false).train(source: source, targets: targets).model
        let both = try trainer(wide: true).widened(
            deep, source, TrainingConfiguration().targets(targets),
            groups: Array(0..<source.count))
        #expect(both.configuration.wide && !deep.configuration.wide)
        #expect(try both.tensor("conv1.weight") == deep.tensor("conv1.weight"))
        let statistics = try Trainer.wideStatistics(
            source, songs: Array(0..<source.count), of: deep)
        let path = try #require(try WidePath(both))
        let (a, b) = (try Predictor(deep).predict(source), try Predictor(both).predict(source))
        for song in 0..<source.count {
            let added = path(Array(statistics.row(song)))
            for column in 0..<3 {
                #expect(
                    abs(b[song, column] - (a[song, column] / 2 + added[column])) < 1e-4)
            }
        }
        // A page about one song tells the same as the whole run.
        let hearing = try Predictor(both).hearing(source, song: 7)
        for (x, y) in zip(hearing.mean, b.row(7)) { #expect(abs(x - y) < 1e-4) }
    }

    @Test func aModelWithoutItsMapIsRefused() throws {
        let (source, targets) = try world(40)
        let both = try trainer(wide: true).train(source: source, targets: targets).model
        var tensors = both.tensors
        tensors["wide.bias"] = nil
        #expect(throws: NetworkError.self) {
            try NetworkModel(configuration: both.configuration, tensors: tensors)
        }
    }
}
