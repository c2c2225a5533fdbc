import Evaluation
import Matrices
import Testing

func sparse(_ rows: Int, _ columns: Int, _ entries: [(Int, Int, Float)]) -> SparseMatrix {
    SparseMatrix(
        rows: rows, columns: columns,
        entries: entries.map { (row: $0.0, column: $0.1, value: $0.2) })
}

/// Two circles of listeners and songs that never mix: even listeners play even songs, odd ones odd songs.
private func checkerboard(listeners: Int = 60, songs: Int = 80, share: Double = 0.5) -> SparseMatrix
{
    var generator = SeededGenerator(seed: 3)
    var entries: [(row: Int, column: Int, value: Float)] = []
    for u in 0..<listeners {
        for i in 0..<songs where u % 2 == i % 2 && generator.uniform() < share {
            entries.append((u, i, 1))
        }
    }
    return SparseMatrix(rows: listeners, columns: songs, entries: entries)
}

@Suite struct ColdStartProtocolTests {
    @Test func foldsNeverShareAGroup() {
        var generator = SeededGenerator(seed: 1)
        let groups = (0..<1000).map { _ in generator.integer(below: 120) }
        let eligible = groups.indices.map { $0 % 7 != 0 }
        let folds = ColdStartProtocol(folds: 5, seed: 2).split(groups: groups, eligible: eligible)
        #expect(folds.count == 5)
        #expect(folds.joined().sorted() == groups.indices.filter { eligible[$0] })
        for (i, a) in folds.enumerated() {
            for b in folds[(i + 1)...] {
                #expect(Set(a.map { groups[$0] }).isDisjoint(with: b.map { groups[$0] }))
            }
        }
        let sizes = folds.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 10)
        #expect(
            folds == ColdStartProtocol(folds: 5, seed: 2).split(groups: groups, eligible: eligible))
        #expect(
            folds != ColdStartProtocol(folds: 5, seed: 3).split(groups: groups, eligible: eligible))
    }

    @Test func fewGroupsLeaveFoldsEmpty() {
        let folds = ColdStartProtocol(folds: 3).split(
            groups: [1, 1, 1], eligible: [true, true, false])
        #expect(folds.map(\.count).sorted() == [0, 0, 2])
        #expect(ColdStartProtocol(folds: 2).split(groups: [], eligible: []) == [[], []])
    }

    @Test func songsNeedEnoughListeners() {
        let plays = sparse(
            3, 3, [(0, 0, 9), (0, 1, 1), (1, 1, 1), (2, 1, 1), (2, 2, 1), (1, 2, 1)])
        #expect(ColdStartProtocol(minimumListeners: 2).eligible(plays) == [false, true, true])
        #expect(ColdStartProtocol(minimumListeners: 3).eligible(plays) == [false, true, false])
    }

    @Test func ranksOnlyWhoCanBeJudged() {
        // 0: both sides. 1: nothing held out. 2: nothing in training. 3: nothing at all. 4: all of the held-out songs.
        let plays = sparse(
            5, 5,
            [
                (0, 0, 1), (0, 3, 1), (1, 0, 1), (2, 3, 1), (4, 0, 1), (4, 3, 1), (4, 4, 1),
            ])
        let result = ColdStartProtocol().evaluate(
            plays: plays, heldOut: [3, 4],
            scorers: [("good", { _ in [1, 0] }), ("bad", { _ in [0, 1] })])
        #expect(result.rankedListeners == [0] && result.listeners == 1 && result.songs == 2)
        #expect(result.models["good"]?.metrics.map(\.auc) == [1])
        #expect(result.models["bad"]?.metrics.map(\.auc) == [0])
    }

    @Test func knowledgeBeatsChanceAndThreadsChangeNothing() throws {
        let plays = checkerboard()
        let heldOut = Array(0..<40)
        let scorers: [Scorer] = [
            ("random", Baselines.random(candidates: 40)),
            ("taste", { listener in heldOut.map { $0 % 2 == listener % 2 ? 1 : 0 } }),
            ("silent", { _ in [Float](repeating: 0, count: 40) }),
        ]
        let result = ColdStartProtocol(seed: 4).evaluate(
            plays: plays, heldOut: heldOut, scorers: scorers)
        func mean(_ model: String, _ value: (RankingMetrics) -> Double) -> Double {
            let metrics = result.models[model]?.metrics ?? []
            return metrics.reduce(0) { $0 + value($1) } / Double(max(1, metrics.count))
        }
        #expect(abs(mean("random", \.auc) - 0.5) < 0.05)
        #expect(mean("silent", \.auc) == 0.5)
        #expect(mean("taste", \.auc) > 0.75)
        #expect(mean("taste", \.averagePrecision) > mean("random", \.averagePrecision) + 0.1)
        // A model without an opinion shows everybody others, not the first songs of the list.
        #expect((result.models["silent"]?.coverage ?? 0) == 1)
        let single = ColdStartProtocol(seed: 4).evaluate(
            plays: plays, heldOut: heldOut, scorers: scorers, threads: 1)
        #expect(single.models["taste"]?.metrics == result.models["taste"]?.metrics)
        #expect(single.models["taste"]?.novelty == result.models["taste"]?.novelty)
    }

    @Test func noveltyIsBitsOfPopularity() {
        // Everybody plays song 0; one in four plays song 1 (smoothed: 2 of 5, 5 of 5).
        let plays = sparse(
            4, 3,
            [
                (0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (0, 2, 1), (1, 2, 1), (2, 2, 1),
                (3, 1, 1), (3, 2, 1),
            ])
        let result = ColdStartProtocol().evaluate(
            plays: plays, heldOut: [0, 1], scorers: [("any", { _ in [1, 0] })])
        // 2 candidates, both in the first ten.
        #expect(abs((result.models["any"]?.novelty ?? 0) - 1.3219280948873623 / 2) < 1e-9)
    }
}

@Suite struct WarmProtocolTests {
    @Test func dividesEveryListenersPlays() {
        let plays = checkerboard()
        let (training, heldOut) = WarmProtocol(share: 0.25, seed: 1).split(plays)
        #expect(training.count + heldOut.count == plays.count)
        for listener in 0..<plays.rows {
            let a = Set(training.indices(ofRow: listener))
            let b = Set(heldOut.indices(ofRow: listener))
            #expect(a.isDisjoint(with: b))
            #expect(a.union(b) == Set(plays.indices(ofRow: listener)))
            #expect(b.count == Int((0.25 * Double(a.count + b.count)).rounded()))
        }
        #expect(heldOut == WarmProtocol(share: 0.25, seed: 1).split(plays).heldOut)
        #expect(heldOut != WarmProtocol(share: 0.25, seed: 2).split(plays).heldOut)
    }

    @Test func smallHistoriesStayWhole() {
        let plays = sparse(
            2, 9,
            [
                (0, 0, 1), (0, 1, 1), (0, 2, 1), (0, 3, 1), (1, 0, 1), (1, 1, 1), (1, 2, 1),
                (1, 3, 1),
                (1, 4, 1),
            ])
        let (training, heldOut) = WarmProtocol(share: 1).split(plays)
        #expect(training.range(ofRow: 0).count == 4)
        #expect(training.range(ofRow: 1).count == 1 && heldOut.range(ofRow: 1).count == 4)
    }

    @Test func songsOfTheTrainingPartAreNoCandidates() {
        let training = sparse(1, 6, [(0, 0, 1), (0, 1, 1)])
        let heldOut = sparse(1, 6, [(0, 4, 1)])
        // Were the known songs ranked too, song 4 would stand third.
        let result = WarmProtocol().evaluate(
            training: training, heldOut: heldOut, scorers: [("model", { _ in [9, 8, 0, 0, 7, 0] })])
        #expect(result.models["model"]?.metrics.map(\.averagePrecision) == [1])
        #expect(result.models["model"]?.coverage == 4.0 / 6)
    }

    @Test func theLastSongsAreHeldOutWhereTimesAreKnown() {
        let plays = sparse(
            2, 6, (0..<6).map { (0, $0, 1) } + (0..<6).map { (1, $0, 1) })
        // Listener 0 came to songs 4 and 1 last; listener 1 has a song without a time.
        let times: [Int64] = [10, 50, 20, 30, 60, 40] + [1, 2, 3, 4, 5, -1]
        let last = WarmProtocol(share: 0.34).split(plays, times: times)
        #expect(Array(last.heldOut.indices(ofRow: 0)) == [1, 4])
        #expect(last.heldOut.range(ofRow: 1).count == 2)
        let random = WarmProtocol(share: 0.34).split(plays)
        #expect(last.heldOut.indices(ofRow: 1) == random.heldOut.indices(ofRow: 1))
        // Songs of one time are drawn at random among themselves.
        let same = [Int64](repeating: 7, count: 12)
        let drawn = (0..<20 as Range<UInt64>).map {
            Array(
                WarmProtocol(share: 0.34, seed: $0).split(plays, times: same).heldOut
                    .indices(ofRow: 0))
        }
        #expect(Set(drawn).count > 3)
    }
}
