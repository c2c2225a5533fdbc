import CollaborativeFiltering
import Foundation
import Matrices
import Testing

/// Every way a row can be solved against plain dense arithmetic in double precision.
@Suite struct SolvedRowsTests {
    struct Problem {
        var plays: SparseMatrix
        var dislikes: SparseMatrix
        let factors: Factors
        var configuration = FactorizationConfiguration()

        /// Listener u has `lengths[u]` entries among `songs` songs, every fifth of them a dislike.
        init(lengths: [Int], songs: Int, dimensions: Int, plays most: Int = 30) {
            var generator = SeededGenerator(seed: UInt64(dimensions))
            var (played, disliked): ([(row: Int, column: Int, value: Float)], _) = (
                [], [(row: Int, column: Int, value: Float)]()
            )
            for (listener, length) in lengths.enumerated() {
                let chosen = (0..<songs).shuffled(using: &generator).prefix(length)
                for (i, song) in chosen.enumerated() {
                    let value = Float(1 + generator.integer(below: most))
                    if i % 5 == 4 {
                        disliked.append((listener, song, value))
                    } else {
                        played.append((listener, song, value))
                    }
                }
            }
            plays = SparseMatrix(rows: lengths.count, columns: songs, entries: played)
            dislikes = SparseMatrix(rows: lengths.count, columns: songs, entries: disliked)
            func random(_ rows: Int) -> Matrix {
                Matrix(
                    rows: rows, columns: dimensions,
                    storage: (0..<rows * dimensions).map { _ in Float(generator.normal() * 0.3) })
            }
            factors = Factors(listeners: random(lengths.count), songs: random(songs))
            configuration.dimensions = dimensions
            configuration.iterations = 1
            configuration.regularization = 0.5
            configuration.alpha = 3
        }

        /// Dense confidences and preferences of one listener.
        func row(_ u: Int) -> (confidences: [Double], preferences: [Double]) {
            var confidence = [Double](repeating: 1, count: plays.columns)
            var preference = [Double](repeating: 0, count: plays.columns)
            for k in plays.range(ofRow: u) {
                let song = Int(plays.columnIndices[k])
                confidence[song] = Double(configuration.confidence(of: plays.values[k]))
                preference[song] = 1
            }
            for k in dislikes.range(ofRow: u) {
                confidence[Int(dislikes.columnIndices[k])] = 1 + Double(dislikes.values[k])
            }
            return (confidence, preference)
        }

        func expectListeners(_ solved: Matrix, within tolerance: Double) {
            let songs = (0..<plays.columns).map { factors.songs.row($0).map(Double.init) }
            for u in 0..<plays.rows {
                let (confidences, preferences) = row(u)
                let exact = ReferenceALS.solveRow(
                    confidences: confidences, preferences: preferences, others: songs,
                    regularization: Double(configuration.regularization))
                let scale = exact.reduce(1e-3) { max($0, abs($1)) }
                for (a, b) in zip(solved.row(u), exact) {
                    #expect(abs(Double(a) - b) < tolerance * scale, "listener \(u)")
                }
            }
        }
    }

    /// Rows of 0 to 300 entries: none, through their own entries, through the dimensions; groups that are not full.
    @Test(arguments: [1, 3, 8, 16, 17, 40, 50, 64, 128])
    func everyLengthEqualsTheDenseSolver(dimensions: Int) throws {
        let lengths = [300, 0, 1, 2, 7, 8, 9, 23, 30, 31, 32, 33, 60, 96, 97, 128, 200, 299, 5, 5]
        let problem = Problem(lengths: lengths, songs: 300, dimensions: dimensions)
        let result = try ImplicitALS(problem.configuration).fit(
            problem.plays, dislikes: problem.dislikes, initial: problem.factors)
        problem.expectListeners(result.factors.listeners, within: 1e-4)
        #expect(result.factors.listeners.row(1).allSatisfy { $0 == 0 })
    }

    /// Confidences of billions: single precision can't tell such a system from a singular one.
    @Test func enormousCountsAreSolvedAllTheSame() throws {
        var problem = Problem(
            lengths: [200, 120, 3], songs: 200, dimensions: 16, plays: 1_000_000_000)
        problem.configuration.alpha = 40
        let result = try ImplicitALS(problem.configuration).fit(
            problem.plays, dislikes: problem.dislikes, initial: problem.factors)
        problem.expectListeners(result.factors.listeners, within: 0.02)
        #expect(result.factors.songs.isFinite)
    }

    @Test func lossCountsDislikes() throws {
        let problem = Problem(lengths: [30, 12, 4, 0, 50], songs: 60, dimensions: 5)
        let result = try ImplicitALS(problem.configuration).fit(
            problem.plays, dislikes: problem.dislikes, initial: problem.factors)
        var sum = 0.0
        for u in 0..<5 {
            let (confidences, preferences) = problem.row(u)
            for i in 0..<60 {
                let score = zip(result.factors.listeners.row(u), result.factors.songs.row(i))
                    .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                sum += confidences[i] * (preferences[i] - score) * (preferences[i] - score)
            }
        }
        let norms = (result.factors.listeners.storage + result.factors.songs.storage)
            .reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(result.losses[0] / (sum + 0.5 * norms) - 1) < 1e-5)
    }

    /// The prior mean ŷ with weight μ is λ = μ and μ ŷ on the right; what the sound foretells is the preference of those without a play.
    @Test(arguments: [3, 20, 60], [Float(0), 8])
    func priorsEqualTheDenseSolver(entries: Int, priorListeners: Float) throws {
        let problem = Problem(lengths: [entries, 0], songs: 80, dimensions: 24)
        var configuration = problem.configuration
        configuration.regularization = 7
        var generator = SeededGenerator(seed: 3)
        let prior = Matrix(
            rows: 2, columns: 24, storage: (0..<48).map { _ in Float(generator.normal()) })
        // Songs and listeners exchange their parts; a weight of zero leaves λ.
        let solved = try ImplicitALS(configuration).solveSongs(
            problem.plays.transposed(), listeners: problem.factors.songs, prior: prior,
            priorWeight: 0, priorListeners: priorListeners)
        #expect(solved.row(1) == prior.row(1))
        let songs = (0..<80).map { problem.factors.songs.row($0).map(Double.init) }
        func product(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let own = prior.row(0).map(Double.init)
        let mean = zip(own, prior.row(1)).map { ($0 + Double($1)) / 2 }
        let n = Double(problem.plays.range(ofRow: 0).count)
        let share = Double(priorListeners) / (Double(priorListeners) + n)
        let foreseen = zip(own, mean).map { $1 + share * ($0 - $1) }
        // minimise over x - ŷ: the preferences lose what ŷ explains.
        var (confidences, preferences) = problem.row(0)
        for i in 0..<80 {
            if preferences[i] == 0 {
                confidences[i] = 1
                preferences[i] = priorListeners > 0 ? product(songs[i], foreseen) : 0
            }
            preferences[i] -= product(songs[i], own)
        }
        let exact = ReferenceALS.solveRow(
            confidences: confidences, preferences: preferences, others: songs, regularization: 7)
        for (i, value) in exact.enumerated() {
            #expect(abs(Double(solved[0, i] - prior[0, i]) - value) < 1e-4)
        }
    }

    /// Hundreds of songs are solved in parts: each is what it is alone.
    @Test func absencesOfManySongsAreEachTheirOwn() throws {
        let problem = Problem(lengths: (0..<600).map { $0 % 7 }, songs: 50, dimensions: 9)
        var generator = SeededGenerator(seed: 5)
        // Every prior is the mean, so that the others do not move it.
        let one = (0..<9).map { _ in Float(generator.normal()) }
        func solve(_ plays: SparseMatrix) throws -> Matrix {
            let prior = Matrix(
                rows: plays.rows, columns: 9,
                storage: (0..<plays.rows).flatMap { _ in one })
            return try ImplicitALS(problem.configuration).solveSongs(
                plays.transposed(), listeners: problem.factors.songs, prior: prior,
                priorWeight: 0.5, priorListeners: 4)
        }
        let all = try solve(problem.plays)
        for song in [0, 1, 255, 256, 300, 511, 512, 599] {
            let plays = SparseMatrix(
                rows: 1, columns: 50,
                entries: problem.plays.range(ofRow: song).map {
                    (
                        row: 0, column: Int(problem.plays.columnIndices[$0]),
                        value: problem.plays.values[$0]
                    )
                })
            for (a, b) in zip(try solve(plays).row(0), all.row(song)) {
                #expect(abs(a - b) < 1e-5)
            }
        }
    }

    @Test func foldingInCountsDislikes() throws {
        let problem = Problem(lengths: [40, 12, 0], songs: 70, dimensions: 10)
        let folding = try FoldingIn(problem.configuration, songs: problem.factors.songs)
        var places = Matrix(rows: 3, columns: 10)
        for u in 0..<3 {
            func row(_ matrix: SparseMatrix) -> [(Int, Float)] {
                matrix.range(ofRow: u).map {
                    (Int(matrix.columnIndices[$0]), matrix.values[$0])
                }
            }
            places.setRow(
                u,
                to: try folding.place(
                    row(problem.plays).map { (song: $0.0, count: $0.1) },
                    dislikes: row(problem.dislikes).map { (song: $0.0, weight: $0.1) }))
        }
        problem.expectListeners(places, within: 1e-4)
        // A dislike moves a listener away from the song.
        let before = try folding.place([(song: 3, count: 2)])
        let after = try folding.place([(song: 3, count: 2)], dislikes: [(song: 5, weight: 20)])
        let song = problem.factors.songs.row(5)
        #expect(abs(dot(after[...], song)) < abs(dot(before[...], song)))
    }

    @Test func theGreaterConfidenceDecides() throws {
        let songs = Matrix(rows: 1, columns: 1, storage: [1])
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 1
        configuration.alpha = 2
        let folding = try FoldingIn(configuration, songs: songs)
        // c = 1 + 2 · 3 for the plays.
        #expect(try folding.place([(0, 3)], dislikes: [(0, 6)])[0] > 0.5)
        #expect(try folding.place([(0, 3)], dislikes: [(0, 7)])[0] == 0)
        #expect(try folding.place([(0, 0)], dislikes: [(0, -1), (0, .nan)]) == [0])
    }

    @Test func dislikesOfAnotherShapeAreRefused() {
        let plays = SparseMatrix(rows: 1, columns: 2, entries: [(row: 0, column: 0, value: 1)])
        let other = SparseMatrix(rows: 1, columns: 3, entries: [(row: 0, column: 2, value: 1)])
        #expect(
            throws: FactorizationError.wrongShape(
                what: "the matrix of dislikes", got: [1, 3], expected: [1, 2])
        ) { try ImplicitALS(FactorizationConfiguration()).fit(plays, dislikes: other) }
    }

    @Test func singularEquationsAreTold() {
        // Two songs can't span three dimensions, and nothing regularises.
        let plays = SparseMatrix(rows: 2, columns: 2, entries: [(row: 0, column: 0, value: 1)])
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 3
        configuration.regularization = 0
        #expect {
            try ImplicitALS(configuration).fit(plays)
        } throws: { error in
            if case .singular = error as? FactorizationError { true } else { false }
        }
    }
}
