import CollaborativeFiltering
import Matrices
import Testing

@testable import Library

@Suite struct ListQualityTests {
    /// Listeners of two tastes, songs by ten artists, each artist of one taste; the last ten songs have no artist.
    private func report(isListedOnly: Bool) throws -> ListQuality.Report {
        var generator = SeededGenerator(seed: 3)
        var entries: [(row: Int, column: Int, value: Float)] = []
        for listener in 0..<80 {
            for song in 0..<120 where song % 2 == listener % 2 && generator.integer(below: 3) == 0 {
                entries.append((listener, song, Float(1 + generator.integer(below: 5))))
            }
        }
        let plays = SparseMatrix(rows: 80, columns: 120, entries: entries)
        var configuration = FactorizationConfiguration()
        configuration.dimensions = 6
        configuration.iterations = 5
        configuration.threads = 2
        return try ListQuality(
            plays, artists: (0..<120).map { $0 < 110 ? "artist \($0 % 10)" : "" },
            isListedOnly: isListedOnly, factorization: configuration
        ).run()
    }

    @Test func limitsHoldAndTheirCostIsAgainstThePlainRanking() throws {
        let report = try report(isListedOnly: false)
        #expect(report.songs == 120 && report.artists == 10 && report.listeners > 70)
        let rows = report.rows
        #expect(rows[0].loss == 0 && rows[0].lossMargin == 0 && rows[0].ndcg20 > 0.2)
        for row in rows {
            #expect(abs(row.loss - (1 - row.ndcg20 / rows[0].ndcg20)) < 1e-9)
            #expect((0...1).contains(row.headShare) && (0...1).contains(row.coverage))
        }
        // Ten artists, two each and the ten songs without one: no list of 20 repeats more than half.
        #expect(rows[1].artistRepetition >= rows[2].artistRepetition)
        #expect(rows[2].artistRepetition <= 0.5 && rows[3].artistRepetition == 0)
        // One a list of each artist leaves much of what fits out.
        #expect(rows[3].loss > rows[2].loss && rows[3].loss > 0)
    }

    @Test func songsWithoutAnArtistMayBeLeftOut() throws {
        let report = try report(isListedOnly: true)
        #expect(report.songs == 110)
        #expect(report.rows.allSatisfy { $0.coverage <= 1 })
        // At most one by each of ten artists: lists of ten.
        #expect(report.rows[3].artistRepetition == 0)
    }
}
