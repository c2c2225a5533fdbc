import Matrices
import Testing

@testable import CollaborativeFiltering

@Suite struct AutomaticSettingsTests {
    /// Every row holds `songs` songs, side by side around.
    func matrix(rows: Int, columns: Int, songs: Int, count: Float = 1) -> SparseMatrix {
        SparseMatrix(
            rows: rows, columns: columns,
            entries: (0..<rows).flatMap { row in
                (0..<songs).map { (row: row, column: (row * 7 + $0) % columns, value: count) }
            })
    }

    let base = FactorizationConfiguration.catalogue

    @Test func alphaGrowsWithEmptinessAndFallsWithCounts() {
        let full = base.following(matrix(rows: 50, columns: 50, songs: 20), [.alpha])
        #expect(full.alpha == base.alpha)
        let empty = base.following(matrix(rows: 2000, columns: 2000, songs: 4), [.alpha])
        // 0.03 / (0.002 · log 2)
        #expect(abs(empty.alpha - 21.64) < 0.1)
        let often = base.following(matrix(rows: 2000, columns: 2000, songs: 4, count: 50), [.alpha])
        #expect(often.alpha > base.alpha && often.alpha < empty.alpha / 4)
        let hardly = base.following(matrix(rows: 8000, columns: 8000, songs: 1), [.alpha])
        #expect(hardly.alpha == FactorizationConfiguration.largestAlpha)
        #expect(empty.regularization == base.regularization)
    }

    /// With λ as it is for large libraries, all that a small one says would be gone.
    @Test func regularizationLeavesSmallGroupsStanding() throws {
        // 8 groups of 5 songs, each in 4 baskets.
        let small = SparseMatrix(
            rows: 32, columns: 40,
            entries: (0..<32).flatMap { row in
                (0..<5).map { (row: row, column: row / 4 * 5 + $0, value: Float(1)) }
            })
        func size(_ settings: FactorizationConfiguration) throws -> Float {
            var settings = settings
            settings.threads = 1
            return try ImplicitALS(settings).fit(small).factors.songs.storage.map(abs).max() ?? 0
        }
        var large = base
        large.regularization = 12
        #expect(try size(large) < 0.01)
        let chosen = large.following(small, [.regularization])
        #expect(chosen.regularization < 3 && chosen.alpha == base.alpha)
        #expect(try size(chosen) > 0.3)
        let many = base.following(matrix(rows: 2000, columns: 2000, songs: 30), [.regularization])
        #expect(many.regularization == base.regularization)
    }

    @Test func nothingIsChosenWithoutPlaysOrWish() {
        let none = SparseMatrix(rows: 3, columns: 3, entries: [])
        #expect(base.following(none, [.alpha, .regularization]) == base)
        #expect(base.following(matrix(rows: 2000, columns: 2000, songs: 4), []) == base)
    }
}
