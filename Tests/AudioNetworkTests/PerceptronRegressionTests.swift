import Matrices
import Testing

@testable import AudioNetwork

// Within NetworkTests, which is serialized: libtorch has one random generator for all.
extension NetworkTests {
    @Suite struct PerceptronRegressionTests {
        /// A target that no linear model can learn: the product of two features' signs.
        private func problem(_ songs: Int, seed: UInt64) -> (features: Matrix, targets: Matrix) {
            var generator = SeededGenerator(seed: seed)
            let features = Matrix(
                rows: songs, columns: 3,
                storage: (0..<songs * 3).map { _ in 5 + 3 * Float(generator.normal()) })
            let targets = (0..<songs).map { i -> Float in
                (features[i, 0] > 5) == (features[i, 1] > 5) ? 1 : -1
            }
            return (features, Matrix(rows: songs, columns: 1, storage: targets))
        }

        @Test func learnsWhatIsNotLinear() throws {
            let (features, targets) = problem(600, seed: 1)
            var configuration = PerceptronRegression.Configuration()
            configuration.units = [64, 64]
            configuration.dropout = 0.1
            configuration.epochs = 30
            let trained = try PerceptronRegression.tuned(
                features: features, targets: targets, groups: (0..<600).map { $0 / 4 },
                configuration)
            #expect((2...30).contains(trained.epochs))
            let (unseen, expected) = problem(300, seed: 2)
            let predicted = try trained.predict(unseen)
            let right = (0..<300).count { predicted[$0, 0] * expected[$0, 0] > 0 }
            #expect(right > 260)
        }

        @Test func sameSeedSameResult() throws {
            let (features, targets) = problem(50, seed: 1)
            var configuration = PerceptronRegression.Configuration()
            configuration.epochs = 3
            configuration.units = [16]
            func run() throws -> Matrix {
                try PerceptronRegression(features: features, targets: targets, configuration)
                    .predict(features)
            }
            #expect(try run() == run())
            configuration.seed = 1
            #expect(
                try run()
                    != PerceptronRegression(
                        features: features, targets: targets,
                        PerceptronRegression.Configuration()
                    ).predict(features))
        }

        /// Where there is nothing to learn, the choice of epochs must keep it from making things up.
        @Test func noiseIsNotLearnedByHeart() throws {
            var generator = SeededGenerator(seed: 4)
            func noise(_ columns: Int) -> Matrix {
                Matrix(
                    rows: 300, columns: columns,
                    storage: (0..<300 * columns).map { _ in Float(generator.normal()) })
            }
            let trained = try PerceptronRegression.tuned(
                features: noise(20), targets: noise(2), groups: Array(0..<300))
            // What learned noise by heart would be off by twice the targets' squares.
            let (unseen, expected) = (noise(20), noise(2))
            let predicted = try trained.predict(unseen)
            let error = zip(predicted.storage, expected.storage).reduce(Float(0)) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            #expect(error < 1.4 * expected.storage.reduce(0) { $0 + $1 * $1 })
        }

        @Test func targetsMustFit() {
            #expect(throws: NetworkError.self) {
                try PerceptronRegression(
                    features: Matrix(rows: 3, columns: 2), targets: Matrix(rows: 2, columns: 1))
            }
        }
    }
}
