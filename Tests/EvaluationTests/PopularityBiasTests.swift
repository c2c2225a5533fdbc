import Evaluation
import Matrices
import Testing

@Suite struct PopularityBiasTests {
    /// The mean absolute difference of all pairs, divided by twice the mean.
    @Test func giniEqualsItsDefinition() {
        var generator = SeededGenerator(seed: 2)
        let counts = (0..<50).map { _ in generator.integer(below: 9) * generator.integer(below: 9) }
        var sum = 0
        for a in counts { for b in counts { sum += abs(a - b) } }
        let mean = Double(counts.reduce(0, +)) / 50
        #expect(abs(PopularityBias.gini(counts) - Double(sum) / (2 * 2500 * mean)) < 1e-12)
    }

    @Test func giniOfExtremes() {
        #expect(PopularityBias.gini([3, 3, 3, 3]) == 0)
        #expect(PopularityBias.gini([0, 0, 0, 9]) == 0.75)
        #expect(PopularityBias.gini([]) == 0 && PopularityBias.gini([0, 0]) == 0)
    }

    @Test func theTailIsWhatTheHeadLeaves() {
        #expect(PopularityBias.longTail([5, 80, 10, 5]) == [true, false, true, true])
        #expect(PopularityBias.longTail([5, 79, 10, 6]) == [true, false, false, true])
        #expect(PopularityBias.longTail([1, 1], head: 1) == [false, false])
        #expect(PopularityBias.longTail([]) == [])
    }

    /// Everybody is shown the hit by one model, and what few play by the other.
    @Test func modelsAreToldApart() throws {
        let songs = 40
        let training = SparseMatrix(
            rows: 30, columns: songs,
            entries: (0..<30).flatMap { u in
                [(row: u, column: 0, value: Float(20)), (row: u, column: 10 + u, value: Float(1))]
            })
        let heldOut = SparseMatrix(
            rows: 30, columns: songs, entries: (0..<30).map { (row: $0, column: 5, value: 1) })
        let result = WarmProtocol().evaluate(
            training: training, heldOut: heldOut,
            scorers: [
                ("same", { _ in (0..<songs).map { Float(-$0) } }),
                ("other", { u in (0..<songs).map { Float(($0 * 7 + u * 11) % 40) } }),
            ])
        let (same, other) = (
            try #require(result.models["same"]), try #require(result.models["other"])
        )
        #expect(same.gini > 0.7 && other.gini < 0.3)
        #expect(same.coverage < other.coverage)
        // Song 0 is everybody's already: all that is shown is the tail.
        #expect(same.longTail == 1)
    }
}
