import Foundation

/// What tells recordings apart whatever they are coded as: a small signature to find candidates by, and a comparison in detail.
public enum Fingerprint {
    /// Values of a signature: 16 stretches of time × 8 groups of bands.
    public static let length = 128
    private static let stretches = 16
    private static let groups = 8

    /// The levels of stretches of time and groups of bands, each group about its own mean over time (how it moves, not how it
    /// sounds: songs of one artist sound alike), scaled to unit length; all zero for what does not move.
    public static func signature(_ spectrogram: QuantizedSpectrogram) -> [Float] {
        let (frames, bands) = (spectrogram.frames, spectrogram.bands)
        guard frames > 0, bands >= groups else { return Array(repeating: 0, count: length) }
        var sums = [Float](repeating: 0, count: length)
        var counts = [Float](repeating: 0, count: length)
        spectrogram.bytes.withUnsafeBufferPointer { bytes in
            for frame in 0..<frames {
                let row = frame * stretches / frames * groups
                for band in 0..<bands {
                    sums[row + band * groups / bands] += Float(bytes[frame * bands + band])
                    counts[row + band * groups / bands] += 1
                }
            }
        }
        let levels = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
        let means = (0..<groups).map { group in
            (0..<stretches).reduce(Float(0)) { $0 + levels[$1 * groups + group] }
                / Float(stretches)
        }
        let centred = levels.indices.map { levels[$0] - means[$0 % groups] }
        let norm = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm > 1e-3 ? centred.map { $0 / norm } : Array(repeating: 0, count: length)
    }

    /// How alike two spectrograms move, −1…1, at the best of small shifts in time (encoders add delays): the correlation of their
    /// levels in steps of 10 frames and 8 groups of bands, each group about its own mean.
    public static func similarity(_ a: QuantizedSpectrogram, _ b: QuantizedSpectrogram) -> Double {
        let (x, y) = (movement(a), movement(b))
        let steps = min(x.count, y.count)
        guard steps >= 20 else { return a.bytes == b.bytes ? 1 : 0 }
        return (-15...15).map { shift in
            let first = max(0, shift)
            let overlap = min(x.count - first, y.count - max(0, -shift))
            var (xy, xx, yy) = (0.0, 0.0, 0.0)
            for i in 0..<max(0, overlap) {
                let (p, q) = (x[first + i], y[i + max(0, -shift)])
                for k in p.indices {
                    xy += Double(p[k] * q[k])
                    xx += Double(p[k] * p[k])
                    yy += Double(q[k] * q[k])
                }
            }
            return xy / max(1e-9, (xx * yy).squareRoot())
        }.max() ?? 0
    }

    private static func movement(_ spectrogram: QuantizedSpectrogram) -> [[Float]] {
        let (bands, size) = (spectrogram.bands, 10)
        let steps = spectrogram.frames / size
        let wide = max(1, bands / 8)
        var levels = (0..<steps).map { step -> [Float] in
            var sums = [Float](repeating: 0, count: bands / wide)
            for frame in step * size..<(step + 1) * size {
                for group in sums.indices {
                    for band in group * wide..<(group + 1) * wide {
                        sums[group] += Float(spectrogram.bytes[frame * bands + band])
                    }
                }
            }
            return sums
        }
        for group in 0..<(levels.first?.count ?? 0) {
            let mean = levels.reduce(Float(0)) { $0 + $1[group] } / Float(steps)
            for step in levels.indices { levels[step][group] -= mean }
        }
        return levels
    }
}
