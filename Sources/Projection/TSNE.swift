import Foundation
import Matrices

/// A map of vectors in the plane.
public struct Embedding: Equatable, Sendable {
    /// `[vectors, 2]`, around the origin; similarity on the map is 1 / (1 + d²), so distances of about 1 mean neighbours.
    public let positions: Matrix
    /// KL(P‖Q) in nats: what t-SNE makes small. Only comparable for the same vectors and perplexity.
    public let klDivergence: Double
    /// Steps done; fewer than asked for when the progress callback stopped it.
    public let iterations: Int
    public let perplexity: Float
}

/// t-distributed stochastic neighbour embedding (van der Maaten & Hinton, JMLR 2008): vectors as points in a plane, so that near
/// vectors are near points.
///
/// It minimises `KL(P‖Q) = Σ p_ij log(p_ij / q_ij)` with `q_ij = (1 + |y_i − y_j|²)⁻¹ / Z`, by gradient descent with momentum and
/// gains from the vectors' first two principal components. The result depends on the seed, not on the threads.
public struct TSNE: Sendable {
    /// How far it has come, told every 50 steps.
    public struct Progress: Sendable {
        public let iteration: Int
        public let iterations: Int
        /// Of the map as it is, without exaggeration.
        public let klDivergence: Double
    }

    public let configuration: TSNEConfiguration
    let threads: Int

    public init(
        _ configuration: TSNEConfiguration = TSNEConfiguration(),
        threads: Int = Parallel.defaultThreads
    ) {
        self.configuration = configuration
        self.threads = threads
    }

    /// Checks vectors before the long part.
    /// - Throws: ``ProjectionError``.
    public func check(_ vectors: Matrix) throws {
        guard vectors.columns > 0 else { throw ProjectionError.noDimensions }
        guard configuration.perplexity > 1, configuration.perplexity.isFinite else {
            throw ProjectionError.badPerplexity(got: configuration.perplexity)
        }
        // As many neighbours as the perplexity asks for: 3 × it, none of them the point itself.
        guard vectors.rows > configuration.neighbors else {
            throw ProjectionError.tooFewVectors(
                got: vectors.rows, expected: configuration.neighbors + 1,
                perplexity: configuration.perplexity)
        }
        if !vectors.isFinite {
            let row = (0..<vectors.rows).first { !vectors.row($0).allSatisfy(\.isFinite) }
            throw ProjectionError.notFinite(row: row ?? 0)
        }
    }

    /// Makes a map.
    /// - Parameters:
    ///   - vectors: `[vectors, dimensions]`, finite; more than 3 × the perplexity.
    ///   - progress: called every 50 steps and after the last; false stops with the map as it is then.
    /// - Throws: ``ProjectionError``.
    /// - Complexity: O(vectors² · dimensions) for the neighbours, O(vectors · perplexity) a step.
    public func fit(_ vectors: Matrix, progress: (Progress) -> Bool = { _ in true }) throws
        -> Embedding
    {
        try check(vectors)
        let neighbors = NeighborSearch(vectors, threads: threads).neighbors(
            count: configuration.neighbors, threads: threads)
        let affinities = Affinities(
            neighbors, perplexity: configuration.perplexity, threads: threads)
        return descend(affinities, from: start(vectors), progress: progress)
    }

    /// The first two principal components, scaled so that the first has a standard deviation of 10⁻⁴; a jitter of a hundredth of
    /// that keeps equal vectors apart.
    func start(_ vectors: Matrix) -> Matrix {
        var plane = PrincipalComponents.plane(vectors, threads: threads)
        var squares = 0.0
        for row in 0..<plane.rows { squares += Double(plane[row, 0]) * Double(plane[row, 0]) }
        let deviation = (squares / Double(max(1, plane.rows))).squareRoot()
        let scale = deviation > 0 ? 1e-4 / deviation : 0
        var generator = SeededGenerator(seed: configuration.seed, stream: 0x75E)
        for i in plane.storage.indices {
            plane.storage[i] = Float(Double(plane.storage[i]) * scale + 1e-6 * generator.normal())
        }
        return plane
    }
}
