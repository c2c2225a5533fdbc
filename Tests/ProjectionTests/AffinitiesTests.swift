import Foundation
import Matrices
import Testing

@testable import Projection

@Suite struct AffinitiesTests {
    private let vectors = clustered(120).vectors

    @Test func everyRowHasThePerplexityAskedFor() {
        let near = NeighborSearch(vectors).neighbors(count: 60)
        let p = Affinities.conditional(near, perplexity: 12, threads: 2)
        for row in 0..<120 {
            let values = p[row * 60..<(row + 1) * 60].map(Double.init)
            let entropy = -values.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
            #expect(abs(values.reduce(0, +) - 1) < 1e-5)
            #expect(abs(exp(entropy) - 12) < 1e-3)
        }
    }

    @Test func overAllNeighboursTheyAreTheReferences() {
        let near = NeighborSearch(vectors).neighbors(count: 119)
        let affinities = Affinities(near, perplexity: 15, threads: 2)
        let expected = ReferenceTSNE.affinities(vectors, perplexity: 15)
        var entropy = 0.0
        for i in 0..<120 {
            for (j, p) in affinities.row(i) {
                #expect(abs(Double(p) - expected[i][j]) < 1e-4 * expected[i][j] + 1e-9)
                entropy += expected[i][j] > 0 ? expected[i][j] * log(expected[i][j]) : 0
            }
        }
        #expect(abs(affinities.negativeEntropy - entropy) < 1e-4)
    }

    @Test func theyAreSymmetricAndSumToOne() {
        let near = NeighborSearch(vectors).neighbors(count: 30)
        let affinities = Affinities(near, perplexity: 10, threads: 2)
        var sum = 0.0
        for i in 0..<120 {
            #expect(Set(affinities.row(i).map(\.index)).count == affinities.row(i).count)
            for (j, p) in affinities.row(i) {
                sum += Double(p)
                #expect(affinities.row(j).contains { $0.index == i && $0.p == p })
            }
        }
        #expect(abs(sum - 1) < 1e-5)
    }

    @Test func equalVectorsShareEvenly() {
        let near = NeighborSearch(Matrix(rows: 50, columns: 3, repeating: 1)).neighbors(count: 10)
        let p = Affinities.conditional(near, perplexity: 5, threads: 1)
        #expect(p.allSatisfy { abs($0 - 0.1) < 1e-6 })
    }
}
