import Foundation
import Matrices
import Testing

@testable import Projection

@Suite struct GradientTests {
    private let vectors = clustered(60, clusters: 3).vectors

    @Test func theReferencesGradientIsItsSlope() {
        let p = ReferenceTSNE.affinities(vectors, perplexity: 10)
        let positions = normal(60, 2, scale: 3).storage.map(Double.init)
        let gradient = ReferenceTSNE.gradient(p, positions)
        for i in stride(from: 0, to: 120, by: 7) {
            var (up, down) = (positions, positions)
            up[i] += 1e-5
            down[i] -= 1e-5
            let slope =
                (ReferenceTSNE.divergence(p, up) - ReferenceTSNE.divergence(p, down)) / 2e-5
            #expect(abs(slope - gradient[i]) < 1e-6 * max(1, abs(slope)))
        }
    }

    @Test(arguments: [0, 2000])
    func attractionLessRepulsionIsAQuarterOfTheGradient(exactUpTo: Int) {
        let near = NeighborSearch(vectors).neighbors(count: 59)
        let affinities = Affinities(near, perplexity: 10, threads: 2)
        let p = ReferenceTSNE.affinities(vectors, perplexity: 10)
        let start = normal(60, 2, scale: 3)
        let configuration = TSNEConfiguration(exactUpTo: exactUpTo)
        let descent = Descent(affinities, start, configuration, threads: 2)
        descent.attract()
        let z = descent.repel()
        let expected = ReferenceTSNE.gradient(p, start.storage.map(Double.init))
        let size = (expected.reduce(0) { $0 + $1 * $1 } / 120).squareRoot()
        let tolerance = exactUpTo == 0 ? 0.03 : 1e-3
        for i in 0..<120 {
            let found =
                4
                * (Double(descent.attraction.start[i]) - Double(descent.repulsion.start[i]) / z)
            #expect(abs(found - expected[i]) < tolerance * size)
        }
        let divergence = ReferenceTSNE.divergence(p, start.storage.map(Double.init))
        #expect(abs(descent.divergence() - divergence) < (exactUpTo == 0 ? 2e-2 : 1e-3))
    }

    /// Maps as small as at the start, as dense as clusters, far sparser than any; round and long thin ones. Where nearly all
    /// points are alone, what force there is comes from a few close pairs, and takes finer nodes.
    @Test(
        arguments: [(1e-4, 0.5), (0.5, 0.5), (8, 0.5), (25, 0.5), (40, 0.25), (60, 0.25)],
        [1, 0.02])
    func interpolatedRepulsionIsTheExactOne(
        _ size: (scale: Double, spacing: Float), flatness: Double
    ) {
        let scale = size.scale
        let n = 2500
        var positions = normal(n, 2, scale: scale)
        for i in 0..<n { positions[i, 1] *= Float(flatness) }
        let y = positions.storage.map(Double.init)
        let buffer = FloatBuffer(2 * n)
        buffer.set(positions.storage)
        let out = FloatBuffer(2 * n)
        let z = RepulsiveField(count: n, spacing: size.spacing, threads: 2).repel(
            buffer, into: out)
        var total = 0.0
        var squares = 0.0
        var errors = 0.0
        for i in 0..<n {
            var force = (0.0, 0.0)
            for j in 0..<n where j != i {
                let w = ReferenceTSNE.similarity(y, i, j)
                total += w
                force.0 += w * w * (y[2 * i] - y[2 * j])
                force.1 += w * w * (y[2 * i + 1] - y[2 * j + 1])
            }
            squares += force.0 * force.0 + force.1 * force.1
            errors += pow(force.0 - Double(out.start[2 * i]), 2)
            errors += pow(force.1 - Double(out.start[2 * i + 1]), 2)
        }
        #expect(abs(z / total - 1) < 0.01)
        #expect((errors / squares).squareRoot() < 0.05)
    }

    @Test func finerNodesAreMoreExact() {
        let n = 2500
        let positions = normal(n, 2, scale: 20)
        let buffer = FloatBuffer(2 * n)
        buffer.set(positions.storage)
        func forces(_ spacing: Float) -> [Float] {
            let out = FloatBuffer(2 * n)
            _ = RepulsiveField(count: n, spacing: spacing, threads: 2).repel(buffer, into: out)
            return out.floats
        }
        func distance(_ a: [Float], _ b: [Float]) -> Float {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let finest = forces(0.125)
        #expect(distance(forces(0.25), finest) < distance(forces(0.5), finest) / 4)
    }
}
