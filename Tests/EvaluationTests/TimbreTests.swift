import Foundation
import Matrices
import Testing

@testable import Evaluation

@Suite struct TimbreTests {
    private func golden(_ name: String) throws -> Matrix {
        try ArrayFile.readMatrix(
            try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
                .appendingPathComponent(name))
    }

    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return Matrix(
            rows: rows, columns: columns,
            storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    /// Points around centres far from each other.
    private func clouds(_ centres: Int, each: Int, seed: UInt64) -> Matrix {
        var points = random(centres * each, 5, seed: seed)
        for i in 0..<points.rows { points[i, i % centres % 5] += Float(20 * (1 + i % centres / 5)) }
        return points
    }

    @Test func coefficientsAndDifferencesEqualLibrosas() throws {
        let (ours, expected) = (
            TimbreFeatures.frames(try golden("logmel.npy")), try golden("mfcc.npy")
        )
        #expect(ours.rows == expected.rows && ours.columns == 39)
        for (a, b) in zip(ours.storage, expected.storage) {
            #expect(abs(a - b) < 1e-4 + 1e-4 * abs(b))
        }
    }

    @Test func shortSoundsHaveNoDifferences() {
        let frames = TimbreFeatures.frames(random(8, 128, seed: 1))
        #expect(frames.rows == 8)
        #expect((0..<8).allSatisfy { frames.row($0).dropFirst(13).allSatisfy { $0 == 0 } })
        #expect(TimbreFeatures.frames(Matrix(rows: 0, columns: 128)).rows == 0)
    }

    @Test func averagesOfFramesLeaveOutTheRest() {
        let mel = Matrix(rows: 5, columns: 1, storage: [1, 3, 5, 7, 100])
        #expect(TimbreFeatures.averaging(mel, over: 2).storage == [2, 6])
        #expect(TimbreFeatures.averaging(mel, over: 9).storage == [23.2])
    }

    @Test(arguments: [1, 3, 64, 65, 130])
    func kernelFindsTheNearestCentre(centres: Int) {
        let points = random(1030, 7, seed: 2)
        let means = random(centres, 7, seed: 3)
        let (nearest, distances) = KMeans.nearest(points, centres: means, threads: 3)
        for i in 0..<points.rows {
            let squares = (0..<centres).map { c in
                zip(points.row(i), means.row(c)).reduce(Float(0)) {
                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                }
            }
            let least = squares.min() ?? 0
            #expect(abs(squares[Int(nearest[i])] - least) < 1e-4)
            #expect(abs(distances[i] - least) < 1e-3)
        }
    }

    @Test func everyCloudGetsItsCentre() {
        let points = clouds(8, each: 100, seed: 4)
        let means = KMeans(points, count: 8, seed: 1)
        let nearest = means.nearest(points)
        for i in 0..<points.rows { #expect(nearest[i] == nearest[i % 8]) }
        #expect(Set(nearest).count == 8)
        // Variance 1 in each of 5 dimensions.
        #expect(abs((means.distances.last ?? 0) - 5) < 0.5)
        #expect(zip(means.distances, means.distances.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func centresFollowTheSeedAndNotTheThreads() {
        let points = random(3000, 4, seed: 5)
        let one = KMeans(points, count: 20, seed: 1, threads: 1)
        #expect(KMeans(points, count: 20, seed: 1, threads: 4).centres == one.centres)
        #expect(KMeans(points, count: 20, seed: 2, threads: 1).centres != one.centres)
    }

    @Test func thereAreNoMoreCentresThanPoints() {
        let points = Matrix(rows: 6, columns: 1, storage: [1, 1, 1, 2, 2, 2])
        let means = KMeans(points, count: 5)
        #expect(Set(means.centres.storage) == [1, 2] && means.centres.rows == 2)
    }

    @Test func histogramsAreSharesOfFrames() {
        let songs = (0..<4).map { clouds(4, each: 30, seed: UInt64($0)) }
        let bag = BagOfWords(songs, words: 4)
        #expect(bag.words == 4)
        for share in bag.histogram(songs[0]) { #expect(abs(share - 0.25) < 1e-6) }
        let one = bag.histogram(
            songs[0].selectingRows(Array(stride(from: 0, to: 120, by: 4))))
        #expect(one.sorted() == [0, 0, 0, 1])
    }

    /// Few points of many dimensions and many of few go different ways to the same answer.
    @Test(arguments: [(12, 30), (30, 12)])
    func componentsKeepTheVariance(points: Int, dimensions: Int) {
        var data = random(points, dimensions, seed: 6)
        for i in 0..<points { for k in 0..<dimensions { data[i, k] *= k < 3 ? 10 : 0.01 } }
        let components = PrincipalComponents(data, keeping: 0.999)
        #expect(components.directions.rows == 3)
        #expect(zip(components.shares, components.shares.dropFirst()).allSatisfy { $0 >= $1 })
        for a in 0..<3 {
            for b in 0..<3 {
                let product = dot(components.directions.row(a), components.directions.row(b))
                #expect(abs(product - (a == b ? 1 : 0)) < 1e-4)
            }
        }
        // Distances between points are (nearly) kept.
        let projected = components.project(data)
        func distance(_ m: Matrix, _ i: Int, _ j: Int) -> Float {
            zip(m.row(i), m.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        for i in 1..<points {
            #expect(abs(distance(projected, 0, i) / distance(data, 0, i) - 1) < 1e-3)
        }
    }

    @Test func eigenvaluesOfAKnownMatrix() {
        let (values, vectors) = SymmetricEigen.solve([[2, 1, 0], [1, 2, 1], [0, 1, 2]])
        let root = 2.0.squareRoot()
        for (a, b) in zip(values.sorted(), [2 - root, 2, 2 + root]) { #expect(abs(a - b) < 1e-12) }
        for (value, v) in zip(values, vectors) {
            let product = [2 * v[0] + v[1], v[0] + 2 * v[1] + v[2], v[1] + 2 * v[2]]
            for k in 0..<3 { #expect(abs(product[k] - value * v[k]) < 1e-12) }
        }
    }

    @Test func constantPointsHaveNoComponents() {
        let components = PrincipalComponents(Matrix(rows: 5, columns: 3, repeating: 2))
        #expect(components.directions.rows == 0)
        #expect(components.project(Matrix(rows: 2, columns: 3)).columns == 0)
    }
}
