import Matrices
import Testing

@testable import Evaluation

@Suite struct WarmingProtocolTests {
    /// 40 listeners who each play two thirds of 30 songs.
    private let plays = SparseMatrix(
        rows: 40, columns: 30,
        entries: (0..<40).flatMap { listener in
            (0..<30).filter { (listener + $0) % 3 != 0 }.map {
                (row: listener, column: $0, value: Float(1 + $0))
            }
        })
    private let heldOut = [4, 9, 10, 21, 22]

    @Test func levelsAreNestedAndNeverJudged() {
        let warming = WarmingProtocol(seed: 3)
        let halves = warming.split(plays, heldOut: heldOut)
        var before: Set<Int> = []
        for level in warming.levels {
            let shown = halves.plays(level).transposed()
            var now: Set<Int> = []
            for (column, song) in heldOut.enumerated() {
                #expect(shown.range(ofRow: column).count == min(level, 13))
                for i in shown.range(ofRow: column) {
                    let listener = Int(shown.columnIndices[i])
                    now.insert(listener * 5 + column)
                    #expect(shown.values[i] == Float(1 + song))
                    #expect(!halves.judged.indices(ofRow: listener).contains(Int32(column)))
                }
            }
            #expect(now.isSuperset(of: before))
            before = now
        }
        #expect(halves.songs(reaching: 10) == 5 && halves.songs(reaching: 30) == 0)
        let all = heldOut.reduce(0) { sum, song in
            sum + plays.columnIndices.count { Int($0) == song }
        }
        #expect(halves.judged.count + before.count == all)
    }

    /// A model that knows the judged half is perfect, one that only knows the shown half is not helped by it.
    @Test func onlyTheJudgedHalfCounts() throws {
        let warming = WarmingProtocol(seed: 3)
        let halves = warming.split(plays, heldOut: heldOut)
        func scorer(_ name: String, _ matrix: SparseMatrix) -> Scorer {
            (
                name,
                { listener in
                    (0..<5).map { matrix.indices(ofRow: listener).contains(Int32($0)) ? 1 : 0 }
                }
            )
        }
        var listens = [Bool](repeating: true, count: 40)
        listens[7] = false
        let result = warming.evaluate(
            halves, listens: listens,
            scorers: [
                scorer("judged", halves.judged), scorer("shown", halves.plays(100)),
            ])
        let (perfect, none) = try (
            #require(result.models["judged"]), #require(result.models["shown"])
        )
        #expect(result.listeners > 20 && !result.rankedListeners.contains(7))
        #expect(perfect.metrics.allSatisfy { $0.auc == 1 })
        // All scores of candidates are alike.
        #expect(
            abs(none.metrics.reduce(0.0) { $0 + $1.auc } / Double(result.listeners) - 0.5) < 0.2)
    }
}
