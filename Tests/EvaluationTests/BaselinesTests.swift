import Evaluation
import Foundation
import Matrices
import Testing

@Suite struct BaselinesTests {
    @Test func popularityCountsTrainingPlaysOnly() {
        let training = sparse(2, 4, [(0, 0, 3), (1, 0, 2), (1, 1, 1)])
        let scores = Baselines.popularityOfArtist(
            candidates: [2, 3], artists: [7, 7, 7, 8], training: training)
        #expect(scores(0) == [6, 0])
    }

    @Test func labelsGetTheirMean() {
        let factors = Matrix(rows: 4, columns: 2, storage: [1, 0, 3, 0, 0, 8, .nan, 1])
        let means = Baselines.labelMean(
            factors: factors, labels: ["a", "a", "b", "b"], candidates: ["b", "a", "unknown"])
        #expect(means.storage.prefix(4) == [0, 8, 2, 0])
        #expect(abs(means[2, 0] - 4.0 / 3) < 1e-6 && abs(means[2, 1] - 8.0 / 3) < 1e-6)
        #expect(
            Baselines.labelMean(factors: Matrix(rows: 0, columns: 2), labels: [], candidates: ["a"])
                .storage == [0, 0])
    }

    @Test func factorsScoreByInnerProduct() {
        let score = Baselines.factors(
            listeners: Matrix(rows: 2, columns: 2, storage: [1, 2, 3, 4]),
            candidates: Matrix(rows: 1, columns: 2, storage: [10, 1]))
        #expect(score(0) == [12] && score(1) == [34])
    }

    @Test func randomIsSeeded() {
        #expect(
            Baselines.random(candidates: 5, seed: 1)(3)
                == Baselines.random(candidates: 5, seed: 1)(3))
        #expect(
            Baselines.random(candidates: 5, seed: 1)(3)
                != Baselines.random(candidates: 5, seed: 1)(4))
    }
}

private struct GoldenRidge: Decodable {
    let features: [[Float]]
    let targets: [[Float]]
    let training: Int
    let penalty: Double
    let predictions: [[Float]]
}

private func matrix(_ rows: some Collection<[Float]>) -> Matrix {
    Matrix(rows: rows.count, columns: rows.first?.count ?? 0, storage: rows.flatMap { $0 })
}

@Suite struct RidgeRegressionTests {
    @Test func agreesWithScikitLearn() throws {
        let golden = try golden("ridge", as: GoldenRidge.self)
        let model = RidgeRegression(
            features: matrix(golden.features.prefix(golden.training)),
            targets: matrix(golden.targets.prefix(golden.training)), penalty: golden.penalty)
        let predicted = model.predict(matrix(golden.features.dropFirst(golden.training)))
        for (a, b) in zip(predicted.storage, golden.predictions.joined()) {
            #expect(abs(a - b) < 1e-4)
        }
    }

    @Test func aConstantFeatureDoesNoHarm() {
        let model = RidgeRegression(
            features: Matrix(rows: 3, columns: 2, storage: [1, 5, 2, 5, 3, 5]),
            targets: Matrix(rows: 3, columns: 1, storage: [1, 2, 3]), penalty: 0)
        let predicted = model.predict(Matrix(rows: 1, columns: 2, storage: [2.5, 5]))
        #expect(abs(predicted[0, 0] - 2.5) < 1e-3)
    }
}

@Suite struct MelStatisticsTests {
    @Test func meanDeviationAndChangePerBand() {
        let features = MelStatistics.features(
            Matrix(rows: 4, columns: 2, storage: [0, 5, 2, 5, 0, 5, 2, 5]))
        // Changes: 2 + 2 + 2 over 4 frames.
        #expect(features == [1, 5, 1, 0, 1.5, 0])
    }

    @Test func silenceWithoutFramesIsFinite() {
        #expect(MelStatistics.features(Matrix(rows: 0, columns: 2)) == [0, 0, 0, 0, 0, 0])
    }
}

extension RidgeRegressionTests {
    /// What groups share is learned through a strong penalty when only noise is left to learn, and a weak one when all is signal.
    @Test func theTunedPenaltyFollowsTheNoise() {
        func error(noise: Double) -> (tuned: Double, weak: Double, strong: Double) {
            var generator = SeededGenerator(seed: 5)
            let songs = 90
            let features = Matrix(
                rows: songs, columns: 40,
                storage: (0..<songs * 40).map { _ in Float(generator.normal()) })
            func truth(_ row: Int) -> Double { Double(features[row, 0]) }
            let targets = Matrix(
                rows: songs, columns: 1,
                storage: (0..<songs).map { Float(truth($0) + noise * generator.normal()) })
            func error(_ model: RidgeRegression) -> Double {
                let predicted = model.predict(features)
                return (0..<songs).reduce(0) {
                    $0 + pow(Double(predicted[$1, 0]) - truth($1), 2) / Double(songs)
                }
            }
            return (
                error(
                    .tuned(features: features, targets: targets, groups: (0..<songs).map { $0 / 3 })
                ),
                error(RidgeRegression(features: features, targets: targets, penalty: 1)),
                error(RidgeRegression(features: features, targets: targets, penalty: 1000))
            )
        }
        let (clean, noisy) = (error(noise: 0), error(noise: 20))
        #expect(clean.weak < clean.strong && clean.tuned == clean.weak)
        #expect(noisy.strong < noisy.weak && noisy.tuned < noisy.weak / 2)
    }

    /// Along as many directions as there are it is the whole regression where the directions span all that the targets depend on.
    @Test func alongAllDirectionsOfFewFeaturesItIsTheWholeRegression() {
        var generator = SeededGenerator(seed: 6)
        func random(_ rows: Int, _ columns: Int) -> Matrix {
            Matrix(
                rows: rows, columns: columns,
                storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
        }
        let (features, targets) = (random(30, 3), random(30, 5))
        let whole = RidgeRegression(features: features, targets: targets, penalty: 0.7)
        let along = RidgeRegression(
            features: features, targets: targets, penalty: 0.7, directions: 3)
        let one = RidgeRegression(features: features, targets: targets, penalty: 0.7, directions: 1)
        let heard = random(9, 3)
        let expected = whole.predict(heard)
        for (a, b) in zip(along.predict(heard).storage, expected.storage) {
            #expect(abs(a - b) < 1e-5)
        }
        // All that one direction says lies on one line through the mean.
        let said = one.predict(heard)
        let (first, second) = (
            zip(said.row(0), said.row(1)).map { $0 - $1 },
            zip(said.row(2), said.row(3)).map { $0 - $1 }
        )
        #expect((0..<5).allSatisfy { abs(first[0] * second[$0] - first[$0] * second[0]) < 1e-5 })
        #expect(zip(said.storage, expected.storage).contains { abs($0 - $1) > 1e-3 })
    }

    /// Where only one direction is heard by all groups, it is what is chosen.
    @Test func theTunedDirectionsFollowWhatGroupsShare() {
        var generator = SeededGenerator(seed: 7)
        let (songs, bands) = (120, 60)
        let features = Matrix(
            rows: songs, columns: bands,
            storage: (0..<songs * bands).map { _ in Float(generator.normal()) })
        let slopes = (0..<8).map { _ in generator.normal() }
        var targets = Matrix(rows: songs, columns: 8)
        for song in 0..<songs {
            let heard = Double(features[song, 0] + features[song, 1] + features[song, 2])
            for output in 0..<8 {
                targets[song, output] = Float(heard * slopes[output] + 6 * generator.normal())
            }
        }
        let groups = (0..<songs).map { $0 / 4 }
        func error(_ directions: [Int?]) -> Double {
            let predicted = RidgeRegression.tuned(
                features: features, targets: targets, groups: groups, parts: 5,
                directions: directions
            ).predict(features)
            return (0..<songs).reduce(0) { sum, song in
                let heard = Double(features[song, 0] + features[song, 1] + features[song, 2])
                return (0..<8).reduce(sum) {
                    $0 + pow(Double(predicted[song, $1]) - heard * slopes[$1], 2)
                }
            }
        }
        #expect(error([nil, 1, 2]) < error([nil]))
    }
}
