import Foundation
import Matrices
import Testing
import Torch

@testable import AudioNetwork

// Within NetworkTests, which is serialized: libtorch has one random generator for all.
extension NetworkTests {
    @Suite struct WeightedPredictionErrorTests {
        private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
            var generator = SeededGenerator(seed: seed)
            return Matrix(
                rows: rows, columns: columns,
                storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
        }

        /// 6 songs, 9 listeners, 4 dimensions; song 5 has no plays.
        private var error: WeightedPredictionError {
            var generator = SeededGenerator(seed: 3)
            let pairs = (0..<5).flatMap { song in
                (0..<9).compactMap { listener -> (row: Int, column: Int, value: Float)? in
                    let (chance, count) = (generator.uniform(), generator.uniform())
                    return chance < 0.4 ? (song, listener, Float(1 + 5 * count)) : nil
                }
            }
            return WeightedPredictionError(
                listeners: random(9, 4, seed: 1),
                confidences: SparseMatrix(rows: 6, columns: 9, entries: pairs))
        }

        /// `Σ_u c_ui (p_ui − x_u·y)²`, as it is written.
        private func plain(_ error: WeightedPredictionError, _ song: Int, _ y: [Double]) -> Double {
            (0..<error.listeners.rows).reduce(0.0) { sum, u in
                let place = error.confidences.range(ofRow: song).first {
                    Int(error.confidences.columnIndices[$0]) == u
                }
                let c = place.map { Double(error.confidences.values[$0]) } ?? 1
                let score = zip(error.listeners.row(u), y).reduce(0.0) { $0 + Double($1.0) * $1.1 }
                let miss = (place == nil ? 0 : 1) - score
                return sum + c * miss * miss
            }
        }

        @Test func quadraticFormEqualsThePlainSum() throws {
            let outputs = random(6, 4, seed: 2)
            for song in 0..<6 {
                let y = outputs.row(song).map { 0.7 * Double($0) }
                let loss = try error.loss(
                    .from(outputs.selectingRows([song])), songs: [song], scale: 0.7, unit: 2,
                    device: "cpu")
                #expect(abs(Double(try loss.item()) * 2 / plain(error, song, y) - 1) < 1e-5)
            }
        }

        @Test func gradientEqualsFiniteDifferences() throws {
            let outputs = random(6, 4, seed: 2)
            let (songs, scale, unit) = ([4, 0, 5, 0], 0.7, 3.0)
            let x = try Tensor.from(outputs.selectingRows(songs)).requiringGradient()
            try error.loss(x, songs: songs, scale: scale, unit: unit, device: "cpu").backward()
            let gradient = try x.gradient().values()
            for (row, song) in songs.enumerated() {
                for k in 0..<4 {
                    func value(_ step: Double) -> Double {
                        var y = outputs.row(song).map(Double.init)
                        y[k] += step
                        return plain(error, song, y.map { $0 * scale }) / unit / Double(songs.count)
                    }
                    let expected = (value(1e-4) - value(-1e-4)) / 2e-4
                    #expect(
                        abs(Double(gradient[row * 4 + k]) - expected) < 1e-4 * (1 + abs(expected)))
                }
            }
        }

        @Test func predictingNothingCostsOne() throws {
            let nothing = Matrix(rows: 6, columns: 4)
            let songs = Array(0..<6)
            let loss = try error.loss(
                .from(nothing), songs: songs, scale: 1, unit: error.ofNothing(songs), device: "cpu")
            #expect(abs(try loss.item() - 1) < 1e-6)
        }

        /// Songs of two kinds of sound, each played by its own listeners: the network must find out who plays what.
        @Test func networkLearnsWhoPlaysWhat() throws {
            var generator = SeededGenerator(seed: 9)
            let source = try MatrixSource(
                (0..<24).map { song in
                    Matrix(
                        rows: 40, columns: 8,
                        storage: (0..<320).map { i in
                            Float(
                                0.3 * generator.normal() + ((i % 8 < 4) == (song % 2 == 0) ? 2 : 0))
                        })
                })
            let listeners = Matrix(
                rows: 8, columns: 3,
                storage: (0..<8).flatMap { $0 % 2 == 0 ? [1, 0, 0.1] : [0, 1, 0.1] }
            )
            let plays = SparseMatrix(
                rows: 24, columns: 8,
                entries: (0..<24).flatMap { song in
                    (0..<8).filter { $0 % 2 == song % 2 }.map { (row: song, column: $0, value: 3) }
                })
            var shape = NetworkConfiguration()
            shape.windowFrames = 20
            shape.melBands = 8
            shape.convolutions = [.init(filters: 8, width: 4, pool: 2)]
            shape.denseUnits = [16]
            shape.dropout = 0
            var training = TrainingConfiguration()
            training.epochs = 20
            training.leastWindows = nil
            training.learningRate = 1e-2
            training.seed = 2
            let trainer = Trainer(
                network: shape, training: training,
                objective: .plays(.init(listeners: listeners, confidences: plays)))
            let result = try trainer.train(
                source: source,
                targets: Matrix(
                    rows: 24, columns: 3,
                    storage: (0..<24).flatMap { $0 % 2 == 0 ? [1, 0, 0] : [0, 1, 0] }
                ))
            #expect(try #require(result.losses.last).train < 0.2)
            let heard = try Predictor(result.model).predict(source)
            for song in 0..<24 {
                let own = dot(heard.row(song), listeners.row(song % 2))
                #expect(own > 0.3 + dot(heard.row(song), listeners.row(1 - song % 2)))
            }
        }
    }
}
