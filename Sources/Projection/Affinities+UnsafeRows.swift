import CKernels
import Foundation
import Matrices

/// How alike points are in the space they come from: t-SNE's P, symmetric and sparse, summing to 1.
///
/// `p_j|i` is a Gaussian of the distance over i's neighbours with the perplexity asked for, `p_ij = (p_j|i + p_i|j) / 2n`
/// (van der Maaten & Hinton 2008, equations 1 and 2).
public struct Affinities: Sendable {
    public let count: Int
    /// A row's entries are `offsets[i]..<offsets[i + 1]`, multiples of 16; the last ones may be padding: the row itself, with 0.
    let offsets: [Int64]
    let indices: [Int32]
    let values: [Float]
    /// `Σ p log p`, the part of the KL divergence that no map changes.
    let negativeEntropy: Double

    /// - Parameters:
    ///   - neighbors: of every point, itself left out.
    ///   - perplexity: below `neighbors.count`.
    public init(_ neighbors: NeighborTable, perplexity: Float, threads: Int) {
        let (n, k) = (neighbors.rows, neighbors.count)
        count = n
        let given = Self.conditional(neighbors, perplexity: perplexity, threads: threads)
        // Who has i as a neighbour, and with which p.
        var starts = [Int](repeating: 0, count: n + 1)
        for index in neighbors.indices { starts[Int(index) + 1] += 1 }
        for i in 0..<n { starts[i + 1] += starts[i] }
        var next = starts
        var sources = [Int32](repeating: 0, count: n * k)
        var received = [Float](repeating: 0, count: n * k)
        for i in 0..<n {
            for entry in i * k..<(i + 1) * k {
                let place = next[Int(neighbors.indices[entry])]
                next[Int(neighbors.indices[entry])] += 1
                sources[place] = Int32(i)
                received[place] = given[entry]
            }
        }
        let rows = Rows(
            neighbors: neighbors, given: given, starts: starts, sources: sources,
            received: received)
        let chunk = 2048
        let parts = Parallel.map((n + chunk - 1) / chunk, threads: threads) { part in
            rows.merged(part * chunk..<min(n, (part + 1) * chunk))
        }
        var offsets: [Int64] = [0]
        offsets.reserveCapacity(n + 1)
        var indices: [Int32] = []
        var values: [Float] = []
        let total = parts.reduce(0) { $0 + $1.indices.count }
        indices.reserveCapacity(total)
        values.reserveCapacity(total)
        for part in parts {
            for length in part.lengths { offsets.append((offsets.last ?? 0) + Int64(length)) }
            indices += part.indices
            values += part.values
        }
        self.offsets = offsets
        self.indices = indices
        self.values = values
        negativeEntropy = parts.reduce(0) { $0 + $1.negativeEntropy }
    }

    /// `p_j|i`, `[rows, count]` like the neighbours: each row sums to 1.
    static func conditional(_ neighbors: NeighborTable, perplexity: Float, threads: Int) -> [Float]
    {
        let (n, k) = (neighbors.rows, neighbors.count)
        return [Float](unsafeUninitializedCapacity: n * k) { out, filled in
            neighbors.distances.withUnsafeBufferPointer { distances in
                guard let distances = distances.baseAddress, let out = out.baseAddress else {
                    return
                }
                let (from, to) = (Lent(base: distances), Shared(base: out))
                let chunk = 512
                Parallel.forEach((n + chunk - 1) / chunk, threads: threads) { part in
                    let first = part * chunk
                    coldwave_tsne_calibrate(
                        from.base + first * k, Int64(min(chunk, n - first)), Int32(k), perplexity,
                        to.base + first * k)
                }
            }
            filled = n * k
        }
    }

    /// The entries of one row without padding.
    public func row(_ i: Int) -> [(index: Int, p: Float)] {
        (Int(offsets[i])..<Int(offsets[i + 1])).compactMap {
            Int(indices[$0]) == i ? nil : (Int(indices[$0]), values[$0])
        }
    }

    func withKernel<T>(_ body: (Lent<coldwave_affinities>) -> T) -> T {
        offsets.withUnsafeBufferPointer { offsets in
            indices.withUnsafeBufferPointer { indices in
                values.withUnsafeBufferPointer { values in
                    withUnsafePointer(
                        to: coldwave_affinities(
                            offsets: offsets.baseAddress, indices: indices.baseAddress,
                            values: values.baseAddress)
                    ) { body(Lent(base: $0)) }
                }
            }
        }
    }
}

/// What the rows of P are merged from.
private struct Rows: Sendable {
    let neighbors: NeighborTable
    let given: [Float]
    let starts: [Int]
    let sources: [Int32]
    let received: [Float]

    struct Part: Sendable {
        var lengths: [Int] = []
        var indices: [Int32] = []
        var values: [Float] = []
        var negativeEntropy = 0.0
    }

    func merged(_ range: Range<Int>) -> Part {
        let (n, k) = (neighbors.rows, neighbors.count)
        let scale = Float(1 / (2 * Double(n)))
        var part = Part()
        part.indices.reserveCapacity(range.count * 2 * k)
        part.values.reserveCapacity(range.count * 2 * k)
        // Where in the row a neighbour already stands; -1 elsewhere.
        var places = [Int32](repeating: -1, count: n)
        for i in range {
            let start = part.indices.count
            for entry in i * k..<(i + 1) * k {
                places[Int(neighbors.indices[entry])] = Int32(part.indices.count)
                part.indices.append(neighbors.indices[entry])
                part.values.append(given[entry] * scale)
            }
            for entry in starts[i]..<starts[i + 1] {
                let place = places[Int(sources[entry])]
                if place >= 0 {
                    part.values[Int(place)] += received[entry] * scale
                } else {
                    part.indices.append(sources[entry])
                    part.values.append(received[entry] * scale)
                }
            }
            for entry in i * k..<(i + 1) * k { places[Int(neighbors.indices[entry])] = -1 }
            for value in part.values[start...] where value > 0 {
                part.negativeEntropy += Double(value) * log(Double(value))
            }
            while (part.indices.count - start) % 16 != 0 {
                part.indices.append(Int32(i))
                part.values.append(0)
            }
            part.lengths.append(part.indices.count - start)
        }
        return part
    }
}
