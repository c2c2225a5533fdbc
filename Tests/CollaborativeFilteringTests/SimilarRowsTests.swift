import CollaborativeFiltering
import Foundation
import Matrices
import Testing

@Suite struct SimilarRowsTests {
    func configuration(
        _ weighting: NeighborConfiguration.Weighting, count: Int = 39, shrinkage: Float = 0
    ) -> NeighborConfiguration {
        var configuration = NeighborConfiguration()
        configuration.weighting = weighting
        configuration.count = count
        configuration.shrinkage = shrinkage
        configuration.logarithmic = false
        return configuration
    }

    /// implicit's CosineRecommender, TFIDFRecommender and BM25Recommender; see Golden/make_neighbors.py.
    @Test(arguments: NeighborConfiguration.Weighting.allCases)
    func equalsImplicit(weighting: NeighborConfiguration.Weighting) throws {
        let expected = try ArrayFile.readMatrix(golden("similarity_\(weighting.rawValue).npy"))
        let table = try SimilarRows(goldenPlays().transposed(), configuration(weighting)).all()
        #expect(table.rows == 40 && table.count == 39)
        var found = Matrix(rows: 40, columns: 40)
        for song in 0..<40 {
            for (other, score) in table.neighbors(of: song) { found[song, other] = score }
        }
        for i in 0..<40 {
            for j in 0..<40 where i != j {
                #expect(abs(found[i, j] - expected[i, j]) < 1e-5 * max(1, expected[i, j]))
            }
        }
    }

    /// The scores that implicit gives its five best of every listener.
    @Test(arguments: NeighborConfiguration.Weighting.allCases)
    func recommendsLikeImplicit(weighting: NeighborConfiguration.Weighting) throws {
        let expected = try ArrayFile.readMatrix(golden("recommended_\(weighting.rawValue).npy"))
        let plays = try goldenPlays()
        let model = try ItemNeighbors(plays, configuration(weighting))
        for listener in 0..<60 {
            let list = model.best(5, for: listener, excluding: plays.indices(ofRow: listener))
            for (ours, theirs) in zip(list, expected.row(listener)) {
                #expect(abs(ours.score - theirs) < 1e-4 * max(1, theirs))
            }
        }
    }

    @Test(arguments: NeighborConfiguration.Weighting.allCases, [Float(0), 4])
    func kernelEqualsPairByPair(weighting: NeighborConfiguration.Weighting, shrinkage: Float) throws
    {
        let plays = try goldenPlays()
        let rows = try SimilarRows(plays, configuration(weighting, count: 7, shrinkage: shrinkage))
        let table = rows.all(threads: 3)
        for row in 0..<60 {
            let exact = (0..<60).filter { $0 != row }.map {
                (
                    row: $0,
                    score: ReferenceNeighbors.similarity(
                        rows.weighted, row, $0, shrinkage: Double(shrinkage))
                )
            }.filter { $0.score > 0 }.sorted { $0.score > $1.score }
            let found = table.neighbors(of: row)
            #expect(found.count == min(7, exact.count))
            for (a, b) in zip(found, exact) {
                #expect(abs(Double(a.score) - b.score) < 1e-5 * max(1, b.score))
            }
            let alone = rows.neighbors(of: row)
            #expect(alone.map(\.row) == found.map(\.row))
            #expect(alone.map(\.score) == found.map(\.score))
        }
    }

    @Test func equalScoresComeInOrder() throws {
        // Rows 1 to 5 are all the same.
        let plays = SparseMatrix(
            rows: 6, columns: 2, entries: (0..<6).map { (row: $0, column: 0, value: Float(2)) })
        let list = try SimilarRows(plays, configuration(.cosine, count: 3)).neighbors(of: 0)
        #expect(list.map(\.row) == [1, 2, 3])
    }

    @Test func shrinkageDoubtsFewCommonTerms() throws {
        // Row 1 shares its only column with row 0, row 2 shares four of five.
        let plays = SparseMatrix(
            rows: 3, columns: 6,
            entries: (0..<5).map { (row: 0, column: $0, value: Float(1)) } + [
                (row: 1, column: 0, value: Float(1))
            ] + (1..<6).map { (row: 2, column: $0, value: Float(1)) })
        let plain = try SimilarRows(plays, configuration(.cosine)).neighbors(of: 0)
        #expect(plain.map(\.row) == [2, 1])
        let doubtful = try SimilarRows(plays, configuration(.cosine, shrinkage: 1)).neighbors(of: 0)
        #expect(abs(doubtful[0].score - 0.8 * 4 / 5) < 1e-6)
        #expect(abs(doubtful[1].score - Float(0.2).squareRoot() / 2) < 1e-6)
    }

    @Test func badSettingsAreRefused() {
        let plays = SparseMatrix(rows: 1, columns: 1, entries: [(row: 0, column: 0, value: 1)])
        for (name, change): (String, (inout NeighborConfiguration) -> Void) in [
            ("neighbours", { $0.count = 0 }), ("shrinkage", { $0.shrinkage = -1 }),
            ("k1", { $0.k1 = .nan }), ("b", { $0.b = 2 }),
        ] {
            var configuration = NeighborConfiguration()
            change(&configuration)
            #expect {
                try SimilarRows(plays, configuration)
            } throws: { error in
                if case .badSetting(name, _) = error as? FactorizationError { true } else { false }
            }
        }
    }
}
