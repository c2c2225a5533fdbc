import Matrices
import Recommendation
import Testing

@Suite struct ExplanationTests {
    /// x solves (Σ_j y_j y_jᵀ + Σ_played (c − 1) y_j y_jᵀ + λI) x = Σ_played c y_j, here by Gauss–Jordan.
    private func listener(
        _ songs: Matrix, _ played: [(song: Int, confidence: Double)], _ regularization: Double
    ) -> [Double] {
        let d = songs.columns
        var system = [[Double]](repeating: [Double](repeating: 0, count: d + 1), count: d)
        for i in 0..<d { system[i][i] = regularization }
        for song in 0..<songs.rows {
            let entry = played.first { $0.song == song }
            let y = songs.row(song).map(Double.init)
            for i in 0..<d {
                for j in 0..<d { system[i][j] += (entry?.confidence ?? 1) * y[i] * y[j] }
                system[i][d] += (entry?.confidence ?? 0) * y[i]
            }
        }
        for i in 0..<d {
            let pivot = system[i][i]
            for j in 0...d { system[i][j] /= pivot }
            for other in 0..<d where other != i {
                let factor = system[other][i]
                for j in 0...d { system[other][j] -= factor * system[i][j] }
            }
        }
        return system.map { $0[d] }
    }

    private func songs(_ rows: Int, _ columns: Int) -> Matrix {
        var generator = SeededGenerator(seed: 5)
        return Matrix(
            rows: rows, columns: columns,
            storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    @Test func contributionsSumToThePrediction() {
        let songs = songs(60, 8)
        let played: [(song: Int, confidence: Double)] = [(3, 41), (17, 5), (20, 81), (59, 2)]
        let x = listener(songs, played, 0.1)
        let explanation = Explanation(songs: songs, played: played, regularization: 0.1)
        for item in [0, 3, 33] {
            let score = zip(songs.row(item), x).map { Double($0) * $1 }.reduce(0, +)
            let shares = explanation.contributions(to: Array(songs.row(item)))
            let values = shares.map(\.share)
            #expect(abs(values.reduce(0, +) - score) < 1e-9)
            #expect(values == values.sorted(by: >))
            #expect(Set(shares.map(\.song)) == [3, 17, 20, 59])
        }
    }

    @Test func theSongItselfWeighsMost() {
        let songs = songs(60, 8)
        let explanation = Explanation(
            songs: songs, played: [(3, 41), (17, 41), (20, 41)], regularization: 0.1)
        #expect(explanation.contributions(to: Array(songs.row(17))).first?.song == 17)
    }

    @Test func aKnownGramChangesNothing() {
        let songs = songs(30, 5)
        let plain = Explanation(songs: songs, played: [(1, 9), (2, 3)], regularization: 1)
        let given = Explanation(
            songs: songs, gram: Explanation.gram(songs), played: [(1, 9), (2, 3)], regularization: 1
        )
        let item = Array(songs.row(7))
        #expect(
            plain.contributions(to: item).map(\.share) == given.contributions(to: item).map(\.share)
        )
    }

    @Test func aListenerWithoutPlaysHasNoReasons() {
        let explanation = Explanation(songs: songs(4, 3), played: [], regularization: 0.1)
        #expect(explanation.contributions(to: [1, 2, 3]).isEmpty)
    }

    /// The parts sum up to the score that the list is ranked by, also when songs are disliked.
    @Test func partsSumUpToThePlaceTimesTheItem() {
        let songs = songs(60, 8)
        let explanation = Explanation(
            songs: songs, played: [(3, 41), (17, 5)], disliked: [(20, 21), (4, 9)],
            regularization: 0.1)
        for item in [3, 20, 33] {
            let score = zip(songs.row(item), explanation.place).map { Double($0) * $1 }
                .reduce(0, +)
            let parts = explanation.contributions(to: Array(songs.row(item)))
            #expect(abs(parts.reduce(0) { $0 + $1.share } - score) < 1e-9)
            #expect(Set(parts.map(\.song)) == [3, 17])
        }
    }

    @Test func dislikeLowersTheScore() {
        let songs = songs(60, 8)
        func score(_ disliked: [(song: Int, confidence: Double)]) -> Double {
            let place = Explanation(
                songs: songs, played: [(3, 41), (17, 5)], disliked: disliked, regularization: 0.1
            ).place
            return zip(songs.row(3), place).map { Double($0) * $1 }.reduce(0, +)
        }
        #expect(score([(3, 41)]) < score([]))
    }
}
