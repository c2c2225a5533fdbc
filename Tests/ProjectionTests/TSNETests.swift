import Foundation
import Matrices
import Testing

@testable import Projection

@Suite struct TSNETests {
    private func quick(_ perplexity: Float = 10, exactUpTo: Int = 2000, seed: UInt64 = 0)
        -> TSNEConfiguration
    {
        TSNEConfiguration(
            perplexity: perplexity, iterations: 300, exaggeratedIterations: 100,
            exactUpTo: exactUpTo, seed: seed)
    }

    /// The share of points whose nearest point on the map has the same label.
    private func purity(_ map: Matrix, _ labels: [Int]) -> Double {
        let near = NeighborSearch(map).neighbors(count: 1)
        let same = labels.indices.count { labels[Int(near.indices[$0])] == labels[$0] }
        return Double(same) / Double(labels.count)
    }

    @Test(arguments: [0, 2000]) func clustersStayTogether(exactUpTo: Int) throws {
        let (vectors, labels) = clustered(300)
        let map = try TSNE(quick(exactUpTo: exactUpTo), threads: 2).fit(vectors)
        #expect(map.positions.rows == 300 && map.positions.isFinite)
        #expect(purity(map.positions, labels) > 0.99)
        #expect(map.klDivergence < 0.85)
    }

    @Test func theDivergenceIsTheReferences() throws {
        let vectors = clustered(100).vectors
        var configuration = quick(33)
        configuration.iterations = 150
        let map = try TSNE(configuration, threads: 2).fit(vectors)
        let p = ReferenceTSNE.affinities(vectors, perplexity: 33)
        let exact = ReferenceTSNE.divergence(p, map.positions.storage.map(Double.init))
        #expect(abs(map.klDivergence - exact) < 1e-3)
    }

    @Test(arguments: [0, 2000]) func theSeedDecidesAndTheThreadsDoNot(exactUpTo: Int) throws {
        let vectors = clustered(300).vectors
        let configuration = quick(exactUpTo: exactUpTo)
        let one = try TSNE(configuration, threads: 1).fit(vectors)
        #expect(try TSNE(configuration, threads: 3).fit(vectors) == one)
        let other = try TSNE(quick(exactUpTo: exactUpTo, seed: 1), threads: 1).fit(vectors)
        #expect(other.positions != one.positions)
    }

    @Test func interpolationEndsAsLowAsExactSums() throws {
        let vectors = clustered(600, clusters: 12).vectors
        let exact = try TSNE(quick(), threads: 2).fit(vectors).klDivergence
        let fast = try TSNE(quick(exactUpTo: 0), threads: 2).fit(vectors).klDivergence
        #expect(fast < exact * 1.05)
    }

    @Test func progressFallsAndCanStop() throws {
        var seen: [TSNE.Progress] = []
        let map = try TSNE(quick(), threads: 2).fit(clustered(200).vectors) {
            seen.append($0)
            return $0.iteration < 250
        }
        #expect(seen.map(\.iteration) == [50, 100, 150, 200, 250, 250])
        #expect(map.iterations == 250)
        #expect(seen[4].klDivergence < seen[1].klDivergence)
    }

    @Test func badInputIsToldClearly() {
        let tsne = TSNE(quick(30))
        #expect(throws: ProjectionError.tooFewVectors(got: 90, expected: 91, perplexity: 30)) {
            try tsne.fit(normal(90, 3))
        }
        var broken = normal(91, 3)
        broken[17, 2] = .nan
        #expect(throws: ProjectionError.notFinite(row: 17)) { try tsne.fit(broken) }
        #expect(throws: ProjectionError.noDimensions) { try tsne.fit(Matrix(rows: 91, columns: 0)) }
        #expect(throws: ProjectionError.badPerplexity(got: 1)) {
            try TSNE(quick(1)).fit(normal(91, 3))
        }
        #expect(
            ProjectionError.tooFewVectors(got: 10, expected: 91, perplexity: 30).description
                .contains("a perplexity of at most 3"))
    }

    @Test func equalVectorsAndOneDimensionMakeAMap() throws {
        let equal = try TSNE(quick(5), threads: 2).fit(Matrix(rows: 40, columns: 3, repeating: 2))
        #expect(equal.positions.isFinite)
        let line = Matrix(rows: 60, columns: 1, storage: (0..<60).map(Float.init))
        #expect(try TSNE(quick(5), threads: 2).fit(line).positions.isFinite)
    }

    @Test func newVectorsGoWhereTheirLikeAre() throws {
        let (vectors, labels) = clustered(300)
        let old = (0..<300).filter { $0 % 6 != 0 }
        let new = (0..<300).filter { $0 % 6 == 0 }
        let known = vectors.selectingRows(old)
        let tsne = TSNE(quick(), threads: 2)
        let map = try tsne.fit(known).positions
        let placed = try tsne.place(vectors.selectingRows(new), among: known, at: map)
        let near = NeighborSearch(map).nearest(to: placed, count: 1)
        for (i, row) in new.enumerated() {
            #expect(labels[old[Int(near.indices[i])]] == labels[row])
        }
        // Alone or with others: the same place.
        let alone = try tsne.place(vectors.selectingRows([new[3]]), among: known, at: map)
        #expect(Array(alone.row(0)) == Array(placed.row(3)))
        #expect(throws: ProjectionError.dimensionsDiffer(got: 2, expected: 10)) {
            try tsne.place(normal(1, 2), among: known, at: map)
        }
    }
}

@Suite struct PrincipalComponentsTests {
    @Test func thePlaneOfGreatestVarianceIsFound() {
        // Variance 9 along (1, 1, 0)/√2, 4 along z, 0.01 along the rest, far from the origin.
        var generator = SeededGenerator(seed: 4)
        var vectors = Matrix(rows: 4000, columns: 3)
        var truth: [(Double, Double)] = []
        for row in 0..<4000 {
            let (a, b, c) = (
                3 * generator.normal(), 2 * generator.normal(), generator.normal() / 10
            )
            vectors[row, 0] = Float(50 + (a + c) / 2.0.squareRoot())
            vectors[row, 1] = Float((a - c) / 2.0.squareRoot())
            vectors[row, 2] = Float(b - 20)
            truth.append((a, b))
        }
        let plane = PrincipalComponents.plane(vectors)
        for axis in 0..<2 {
            let values = (0..<4000).map { Double(plane[$0, axis]) }
            let expected = truth.map { axis == 0 ? $0.0 : $0.1 }
            let product = zip(values, expected).reduce(0) { $0 + $1.0 * $1.1 }
            let squares = values.reduce(0) { $0 + $1 * $1 } * expected.reduce(0) { $0 + $1 * $1 }
            #expect(abs(product) / squares.squareRoot() > 0.999)
            #expect(abs(values.reduce(0, +)) < 0.1)
        }
    }
}
