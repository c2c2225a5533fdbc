import CollaborativeFiltering
import Matrices
import Testing

/// What every model must do, on data whose answer is known: listeners of even number play songs of even number, odd ones
/// odd songs, and each misses one that fits.
@Suite struct RecommendingTests {
    enum Model: String, CaseIterable, CustomTestStringConvertible {
        case factors, itemCosine, itemTFIDF, itemBM25, userCosine, userTFIDF, userBM25, popularity

        var testDescription: String { rawValue }
        /// Everybody gets the same songs from this one.
        var isPersonal: Bool { self != .popularity }

        func fit(_ plays: SparseMatrix, threads: Int = 2) throws -> any Recommending {
            func neighbors(_ weighting: NeighborConfiguration.Weighting) -> NeighborConfiguration {
                var configuration = NeighborConfiguration()
                configuration.weighting = weighting
                return configuration
            }
            switch self {
            case .factors:
                var configuration = FactorizationConfiguration()
                configuration.dimensions = 4
                configuration.regularization = 1
                configuration.alpha = 5
                configuration.threads = threads
                return FactorModel(try ImplicitALS(configuration).fit(plays).factors)
            case .itemCosine: return try ItemNeighbors(plays, neighbors(.cosine), threads: threads)
            case .itemTFIDF: return try ItemNeighbors(plays, neighbors(.tfidf), threads: threads)
            case .itemBM25: return try ItemNeighbors(plays, neighbors(.bm25), threads: threads)
            case .userCosine: return try UserNeighbors(plays, neighbors(.cosine), threads: threads)
            case .userTFIDF: return try UserNeighbors(plays, neighbors(.tfidf), threads: threads)
            case .userBM25: return try UserNeighbors(plays, neighbors(.bm25), threads: threads)
            case .popularity: return PopularityModel(plays)
            }
        }
    }

    let board: SparseMatrix

    init() {
        var entries: [(row: Int, column: Int, value: Float)] = []
        for u in 0..<24 {
            for i in 0..<20 where u % 2 == i % 2 && i != u {
                entries.append((u, i, Float(1 + (u + i) % 3)))
            }
        }
        board = SparseMatrix(rows: 24, columns: 20, entries: entries)
    }

    @Test(arguments: Model.allCases) func findsWhatIsMissing(_ model: Model) throws {
        let fitted = try model.fit(board)
        #expect(fitted.listeners == 24 && fitted.songs == 20)
        for listener in 0..<20 {
            let best = fitted.best(1, for: listener, excluding: board.indices(ofRow: listener))
            #expect(best.count == 1)
            if model.isPersonal { #expect(best.first?.song == listener) }
        }
    }

    @Test(arguments: Model.allCases) func scoresEverySongFinitely(_ model: Model) throws {
        let fitted = try model.fit(board)
        for listener in [0, 7, 23] {
            let scores = fitted.scores(for: listener)
            #expect(scores.count == 20)
            #expect(scores.allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: Model.allCases) func listsAreSortedAndLeaveOut(_ model: Model) throws {
        let fitted = try model.fit(board)
        let list = fitted.best(50, for: 3, excluding: [1, 5])
        #expect(list.count == 18 && !list.contains { $0.song == 1 || $0.song == 5 })
        for (a, b) in zip(list, list.dropFirst()) {
            #expect(a.score > b.score || (a.score == b.score && a.song < b.song))
        }
        #expect(fitted.best(0, for: 3).isEmpty)
    }

    @Test(arguments: Model.allCases) func threadsChangeNothing(_ model: Model) throws {
        let (one, four) = (try model.fit(board, threads: 1), try model.fit(board, threads: 4))
        for listener in 0..<24 {
            #expect(one.scores(for: listener) == four.scores(for: listener))
        }
    }

    /// Listener 0 plays nothing, song 0 nobody.
    @Test(arguments: Model.allCases) func whoPlaysNothingIsNoTrouble(_ model: Model) throws {
        let plays = board.filtered { u, i, _ in u != 0 && i != 0 }
        let fitted = try model.fit(plays)
        #expect(fitted.scores(for: 0).allSatisfy { $0.isFinite })
        let scores = fitted.scores(for: 2)
        let largest = try #require(scores.max())
        #expect(scores[0] <= largest)
        if model.isPersonal { #expect(fitted.scores(for: 0).allSatisfy { $0 == 0 }) }
    }
}
