import CKernels
import Foundation
import Matrices

extension TSNE {
    /// Gradient descent from given positions, `[n, 2]`.
    func descend(
        _ affinities: Affinities, from start: Matrix, progress: (Progress) -> Bool
    ) -> Embedding {
        let descent = Descent(affinities, start, configuration, threads: threads)
        let total = configuration.iterations
        var done = 0
        while done < total {
            let isEarly = done < configuration.exaggeratedIterations
            let exaggeration = isEarly ? configuration.exaggeration : 1
            descent.step(
                exaggeration: exaggeration,
                momentum: isEarly ? configuration.earlyMomentum : configuration.momentum,
                rate: configuration.learningRate
                    ?? Float(affinities.count) / exaggeration)
            done += 1
            guard done % 50 == 0, done < total else { continue }
            let state = Progress(
                iteration: done, iterations: total, klDivergence: descent.divergence())
            if !progress(state) { break }
        }
        let divergence = descent.divergence()
        _ = progress(Progress(iteration: done, iterations: total, klDivergence: divergence))
        return Embedding(
            positions: Matrix(
                rows: affinities.count, columns: 2, storage: descent.positions.floats),
            klDivergence: divergence, iterations: done, perplexity: configuration.perplexity)
    }
}

/// The state of one descent.
final class Descent {
    private static let chunk = 1024

    let affinities: Affinities
    let positions: FloatBuffer
    let attraction: FloatBuffer
    let repulsion: FloatBuffer
    private let updates: FloatBuffer
    private let gains: FloatBuffer
    private let field: RepulsiveField?
    private let threads: Int
    /// x of all points and y of all points, for exact repulsion; padded far away.
    private let columns: (FloatBuffer, FloatBuffer)

    init(
        _ affinities: Affinities, _ start: Matrix, _ configuration: TSNEConfiguration, threads: Int
    ) {
        self.affinities = affinities
        self.threads = threads
        let n = affinities.count
        positions = FloatBuffer(2 * n)
        positions.set(start.storage)
        attraction = FloatBuffer(2 * n)
        repulsion = FloatBuffer(2 * n)
        updates = FloatBuffer(2 * n)
        gains = FloatBuffer(2 * n, repeating: 1)
        let isExact = n <= configuration.exactUpTo
        field =
            isExact
            ? nil : RepulsiveField(count: n, spacing: configuration.nodeSpacing, threads: threads)
        let padded = isExact ? (n + 15) / 16 * 16 : 0
        columns = (FloatBuffer(padded, repeating: 1e15), FloatBuffer(padded, repeating: 1e15))
    }

    /// Σ_j p_ij (y_i − y_j) / (1 + d²) into ``attraction``.
    func attract() {
        let (from, to) = (Lent<Float>(base: positions.start), Shared(base: attraction.start))
        let n = affinities.count
        affinities.withKernel { p in
            Parallel.forEach((n + Self.chunk - 1) / Self.chunk, threads: threads) { part in
                coldwave_tsne_attract(
                    p.base, from.base, Int64(part * Self.chunk),
                    Int64(min(n, (part + 1) * Self.chunk)), to.base)
            }
        }
    }

    /// Σ_j (y_i − y_j) / (1 + d²)² into ``repulsion``.
    /// - Returns: Z.
    func repel() -> Double {
        if let field { return field.repel(positions, into: repulsion) }
        let n = affinities.count
        for i in 0..<n {
            columns.0.start[i] = positions.start[2 * i]
            columns.1.start[i] = positions.start[2 * i + 1]
        }
        let (xs, ys) = (Lent<Float>(base: columns.0.start), Lent<Float>(base: columns.1.start))
        let (from, to) = (Lent<Float>(base: positions.start), Shared(base: repulsion.start))
        let chunk = 128
        let sums = Parallel.map((n + chunk - 1) / chunk, threads: threads) { part in
            coldwave_tsne_repel(
                xs.base, ys.base, Int64(n), from.base, Int64(part * chunk),
                Int64(min(n, (part + 1) * chunk)), to.base, nil)
        }
        // A point's similarity with itself, 1, is in the sum.
        return max(sums.reduce(0, +) - Double(n), .leastNormalMagnitude)
    }

    func step(exaggeration: Float, momentum: Float, rate: Float) {
        attract()
        let z = repel()
        let step = coldwave_tsne_step(
            momentum: momentum, rate: rate, exaggeration: exaggeration,
            normalization: Float(1 / z), longest: 5)
        let n = affinities.count
        let at = Shared(base: positions.start)
        let (pull, push) = (Lent<Float>(base: attraction.start), Lent<Float>(base: repulsion.start))
        let (updates, gains) = (Shared(base: updates.start), Shared(base: gains.start))
        let parts = Parallel.map((n + Self.chunk - 1) / Self.chunk, threads: threads) { part in
            var sums = [0.0, 0.0]
            withUnsafePointer(to: step) {
                coldwave_tsne_move(
                    $0, pull.base, push.base, at.base, updates.base, gains.base,
                    Int64(part * Self.chunk), Int64(min(n, (part + 1) * Self.chunk)), &sums)
            }
            return sums
        }
        // The map stays around the origin.
        let x = Float(parts.reduce(0) { $0 + $1[0] } / Double(n))
        let y = Float(parts.reduce(0) { $0 + $1[1] } / Double(n))
        for i in 0..<n {
            positions.start[2 * i] -= x
            positions.start[2 * i + 1] -= y
        }
    }

    /// KL(P‖Q) = Σ p log p + Σ p log(1 + d²) + log Z, since P sums to 1.
    func divergence() -> Double {
        let z = repel()
        let from = Lent<Float>(base: positions.start)
        let n = affinities.count
        let parts = affinities.withKernel { p in
            Parallel.map((n + Self.chunk - 1) / Self.chunk, threads: threads) { part in
                coldwave_tsne_cost(
                    p.base, from.base, Int64(part * Self.chunk),
                    Int64(min(n, (part + 1) * Self.chunk)))
            }
        }
        return affinities.negativeEntropy + parts.reduce(0, +) + log(z)
    }
}
