import CollaborativeFiltering
import Foundation
import Matrices
import Testing

func golden(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        .appendingPathComponent(name)
}

/// The plays that the golden files were made from, `[60, 40]`.
func goldenPlays() throws -> SparseMatrix {
    let rows = try ArrayFile.readMatrix(golden("plays.npy"))
    return SparseMatrix(
        rows: 60, columns: 40,
        entries: (0..<rows.rows).map {
            (row: Int(rows[$0, 0]), column: Int(rows[$0, 1]), value: rows[$0, 2])
        })
}

@Suite struct ImplicitALSTests {
    func randomPlays(_ rows: Int, _ columns: Int, seed: UInt64 = 0) -> SparseMatrix {
        var generator = SeededGenerator(seed: seed)
        let entries = (0..<rows * columns / 5).map { _ in
            (
                row: generator.integer(below: rows), column: generator.integer(below: columns),
                value: Float(1 + generator.integer(below: 20))
            )
        }
        return SparseMatrix(rows: rows, columns: columns, entries: entries)
    }

    struct Golden: Decodable {
        let confidence: FactorizationConfiguration.Confidence
        let alpha: Float
        let epsilon: Float
        let regularization: Float
        let dimensions: Int
        let iterations: Int
        let loss: Double
    }

    @Test(arguments: FactorizationConfiguration.Confidence.allCases)
    func equalsImplicit(confidence: FactorizationConfiguration.Confidence) throws {
        let expected = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: golden("result_\(confidence.rawValue).json")))
        let plays = try goldenPlays()
        var configuration = FactorizationConfiguration()
        configuration.dimensions = expected.dimensions
        configuration.iterations = expected.iterations
        configuration.alpha = expected.alpha
        configuration.epsilon = expected.epsilon
        configuration.confidence = confidence
        configuration.regularization = expected.regularization
        let start = Factors(
            listeners: try ArrayFile.readMatrix(golden("start_listeners.npy")),
            songs: try ArrayFile.readMatrix(golden("start_songs.npy")))
        let result = try ImplicitALS(configuration).fit(plays, initial: start)
        #expect(abs(try #require(result.losses.last) / expected.loss - 1) < 1e-4)
        let songs = try ArrayFile.readMatrix(golden("songs_\(confidence.rawValue).npy"))
        for (a, b) in zip(result.factors.songs.storage, songs.storage) {
            #expect(abs(a - b) < 2e-3)
        }
    }

    @Test(arguments: [1, 3, 16, 17, 40, 50])
    func kernelEqualsDenseSolver(dimensions: Int) throws {
        let plays = randomPlays(30, 25)
        var configuration = FactorizationConfiguration()
        configuration.dimensions = dimensions
        configuration.iterations = 1
        configuration.regularization = 0.5
        configuration.alpha = 3
        var generator = SeededGenerator(seed: 2)
        func random(_ rows: Int) -> Matrix {
            Matrix(
                rows: rows, columns: dimensions,
                storage: (0..<rows * dimensions).map { _ in Float(generator.normal() * 0.3) })
        }
        let start = Factors(listeners: random(30), songs: random(25))
        let result = try ImplicitALS(configuration).fit(plays, initial: start)
        let songs = (0..<25).map { start.songs.row($0).map(Double.init) }
        for u in 0..<30 {
            var confidence = [Double](repeating: 1, count: 25)
            var preference = [Double](repeating: 0, count: 25)
            for k in plays.range(ofRow: u) {
                confidence[Int(plays.columnIndices[k])] = Double(
                    configuration.confidence(of: plays.values[k]))
                preference[Int(plays.columnIndices[k])] = 1
            }
            let exact = ReferenceALS.solveRow(
                confidences: confidence, preferences: preference, others: songs, regularization: 0.5
            )
            for (a, b) in zip(result.factors.listeners.row(u), exact) {
                #expect(abs(Double(a) - b) < 2e-3)
            }
        }
        let loss = ReferenceALS.loss(plays, result.factors, configuration)
        #expect(abs(result.losses[0] / loss - 1) < 1e-4)
    }

    @Test func lossNeverRisesAndThreadsDoNotMatter() throws {
        let plays = randomPlays(120, 80)
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 10
        configuration.threads = 1
        let one = try ImplicitALS(configuration).fit(plays)
        configuration.threads = 4
        let four = try ImplicitALS(configuration).fit(plays)
        #expect(one.factors == four.factors && one.losses == four.losses)
        for (before, after) in zip(one.losses, one.losses.dropFirst()) {
            #expect(after <= before * (1 + 1e-5))
        }
        configuration.seed = 1
        #expect(try ImplicitALS(configuration).fit(plays).factors != one.factors)
    }

    @Test func checkerboardIsFound() throws {
        // Listeners of even number play songs of even number, odd ones odd; each misses one that fits.
        let plays = SparseMatrix(
            rows: 20, columns: 20,
            entries: (0..<20).flatMap { u in
                (0..<20).compactMap { i in
                    u % 2 == i % 2 && i != u ? (row: u, column: i, value: Float(1)) : nil
                }
            })
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 2
        configuration.alpha = 5
        configuration.regularization = 1
        let factors = try ImplicitALS(configuration).fit(plays).factors
        for u in 0..<20 {
            let missing = dot(factors.listeners.row(u), factors.songs.row(u))
            let wrong = dot(factors.listeners.row(u), factors.songs.row((u + 1) % 20))
            #expect(missing > 0.5 && missing > wrong + 0.4)
        }
    }

    @Test func foldingInGivesTheListenersOwnFactors() throws {
        let plays = randomPlays(50, 40)
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 6
        let als = ImplicitALS(configuration)
        let factors = try als.fit(plays).factors
        // One more iteration begins with all listeners on these songs; folding in does it for one.
        configuration.iterations = 1
        let next = try ImplicitALS(configuration).fit(plays, initial: factors).factors
        let mine = plays.range(ofRow: 7).map {
            (song: Int(plays.columnIndices[$0]), count: plays.values[$0])
        }
        let folded = try als.foldIn(mine, songs: factors.songs)
        for (a, b) in zip(folded, next.listeners.row(7)) {
            #expect(abs(a - b) < 1e-4 * max(1, abs(b)))
        }
    }

    @Test func songsWithoutPlaysKeepTheirPrior() throws {
        let plays = SparseMatrix(
            rows: 30, columns: 3,
            entries: (0..<30).map { (row: $0, column: 0, value: Float(5)) } + [
                (row: 0, column: 1, value: Float(1))
            ])
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 4
        var generator = SeededGenerator(seed: 4)
        let listeners = Matrix(
            rows: 30, columns: 4, storage: (0..<120).map { _ in Float(abs(generator.normal())) })
        let prior = Matrix(
            rows: 3, columns: 4, storage: (0..<12).map { _ in Float(generator.normal()) })
        let solved = try ImplicitALS(configuration).solveSongs(
            plays, listeners: listeners, prior: prior, priorWeight: 1,
            priorListeners: 0)
        #expect(Array(solved.row(2)) == Array(prior.row(2)))
        // A heavy prior wins over the plays, a light one loses.
        let heavy = try ImplicitALS(configuration).solveSongs(
            plays, listeners: listeners, prior: prior, priorWeight: 1e5,
            priorListeners: 0)
        for (a, b) in zip(heavy.row(1), prior.row(1)) { #expect(abs(a - b) < 0.01) }
        #expect(Array(solved.row(0)) != Array(prior.row(0)))
    }

    /// A library of before keeps its settings, but not a weight that it was given and that means something else now.
    @Test func settingsOfBeforeAreRead() throws {
        let text = #"""
            {"dimensions":7,"iterations":3,"regularization":2,"alpha":5,"epsilon":1,"confidence":"log","songPriorWeight":1,"seed":9}
            """#
        let read = try JSONDecoder().decode(
            FactorizationConfiguration.self, from: Data(text.utf8))
        var expected = FactorizationConfiguration()
        (expected.dimensions, expected.iterations, expected.regularization) = (7, 3, 2)
        (expected.alpha, expected.confidence, expected.seed) = (5, .log, 9)
        #expect(read == expected)
        expected.songPriorWeight = 0.25
        expected.songPriorListeners = 8
        let again = try JSONDecoder().decode(
            FactorizationConfiguration.self, from: JSONEncoder().encode(expected))
        #expect(again == expected)
    }

    @Test func badInputIsRefused() {
        let nothing = SparseMatrix(rows: 2, columns: 2, entries: [])
        #expect(throws: FactorizationError.noInteractions) {
            try ImplicitALS(FactorizationConfiguration()).fit(nothing)
        }
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 0
        #expect(throws: FactorizationError.self) { try ImplicitALS(configuration).fit(nothing) }
    }
}
