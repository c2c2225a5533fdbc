import Foundation
import Matrices

/// Mel-spectrograms by the plain definition: a DFT sum per bin, in double precision. Slow; the oracle of the tests.
public enum ReferenceMel {
    /// `[frames, bands]`.
    public static func transform(_ samples: [Float], _ configuration: MelConfiguration) -> Matrix {
        let fft = configuration.fftSize
        let window = configuration.window()
        let filters = configuration.filters()
        let frames = samples.isEmpty ? 0 : 1 + samples.count / configuration.hopLength
        var result = Matrix(rows: frames, columns: configuration.melBands)
        for frame in 0..<frames {
            let start = frame * configuration.hopLength - fft / 2
            let windowed = (0..<fft).map { n in
                samples.indices.contains(start + n) ? Double(samples[start + n]) * window[n] : 0
            }
            let spectrum = (0...fft / 2).map { k in
                // X[k] = Σ_n x[n] exp(−2πi kn / N)
                var (real, imaginary) = (0.0, 0.0)
                for n in 0..<fft {
                    let angle = -2 * Double.pi * Double(k * n % fft) / Double(fft)
                    real += windowed[n] * cos(angle)
                    imaginary += windowed[n] * sin(angle)
                }
                let squared = real * real + imaginary * imaginary
                return configuration.power == 2 ? squared : squared.squareRoot()
            }
            for band in 0..<configuration.melBands {
                result[frame, band] = Float(
                    zip(filters[band], spectrum).reduce(0) { $0 + $1.0 * $1.1 })
            }
        }
        return result
    }
}
