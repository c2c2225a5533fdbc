import CollaborativeFiltering
import Matrices
import Testing

@Suite struct FactorizationTunerTests {
    /// Four circles of listeners who share songs, a few of which are held out.
    let training: SparseMatrix
    let heldOut: SparseMatrix

    init() {
        var generator = SeededGenerator(seed: 5)
        var (kept, given): ([(row: Int, column: Int, value: Float)], _) = (
            [], [(row: Int, column: Int, value: Float)]()
        )
        for u in 0..<80 {
            for i in 0..<60 where u % 4 == i % 4 && generator.uniform() < 0.6 {
                if generator.uniform() < 0.2 {
                    given.append((u, i, 1))
                } else {
                    kept.append((u, i, 1))
                }
            }
        }
        training = SparseMatrix(rows: 80, columns: 60, entries: kept)
        heldOut = SparseMatrix(rows: 80, columns: 60, entries: given)
    }

    /// Mean score of what was held out less the mean score of everything.
    func judge(_ factors: Factors) -> Double {
        let model = FactorModel(factors)
        var (wanted, all, count) = (0.0, 0.0, 0.0)
        for u in 0..<80 {
            let scores = model.scores(for: u)
            for i in heldOut.indices(ofRow: u) { wanted += Double(scores[Int(i)]) }
            count += Double(heldOut.range(ofRow: u).count)
            all += scores.reduce(0) { $0 + Double($1) } / 60
        }
        return wanted / count - all / 80
    }

    func base() -> FactorizationConfiguration {
        var configuration = FactorizationConfiguration.catalogue
        configuration.dimensions = 8
        configuration.iterations = 6
        return configuration
    }

    @Test func narrowsTheGridAndKeepsTheBest() throws {
        let tuner = FactorizationTuner(base())
        var seen = 0
        let found = try #require(
            try tuner.run(training, judge: judge) { _, done, total in
                seen += 1
                #expect(done == seen && done <= total)
                return true
            })
        // 20 settings, then 10, 5, 3, 2; then three sizes.
        #expect(found.trials.count == 20 + 10 + 5 + 3 + 2 + 3 && seen == found.trials.count)
        let last = found.trials.suffix(3)
        #expect(Set(last.map(\.dimensions)) == [4, 8, 16])
        let best = try #require(last.max { $0.score < $1.score })
        #expect(best.dimensions == found.best.dimensions)
        #expect(best.iterations == found.best.iterations)
        // It is no worse than the settings to begin with.
        var start = base()
        start.iterations = found.best.iterations
        let before = judge(try ImplicitALS(start).fit(training).factors)
        #expect(best.score >= before)
        let again = try #require(try tuner.run(training, judge: judge))
        #expect(again.best == found.best && again.trials == found.trials)
    }

    /// The better half of the first round goes on, nobody else.
    @Test func theBetterHalfGoesOn() throws {
        let found = try #require(
            try FactorizationTuner(base()).run(training, judge: judge))
        let first = found.trials.prefix(20).sorted { $0.score > $1.score }
        let second = found.trials[20..<30]
        func setting(_ trial: TuningTrial) -> [Float] { [trial.alpha, trial.regularization] }
        #expect(Set(first.prefix(10).map(setting)) == Set(second.map(setting)))
        #expect(second.allSatisfy { $0.iterations == 4 })
    }

    @Test func stopsWhenTheHeldOutPartGetsWorse() throws {
        var configuration = base()
        configuration.iterations = 50
        // Best after the third iteration, whatever the factors.
        var asked = 0
        let trial = try FactorizationTuner(configuration).earlyStopped(
            training, configuration,
            judge: { _ in
                asked += 1
                return -Double(abs(asked - 3))
            })
        #expect(trial.iterations == 3 && trial.score == 0 && asked == 5)
    }

    @Test func canBeStopped() throws {
        let found = try FactorizationTuner(base()).run(training, judge: judge) { _, done, _ in
            done < 3
        }
        #expect(found == nil)
    }
}
