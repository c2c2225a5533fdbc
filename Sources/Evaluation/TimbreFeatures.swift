import Foundation
import Matrices

/// What the paper's baselines hear: 13 mel-frequency cepstral coefficients with first and second differences, frame by frame.
public enum TimbreFeatures {
    public static let coefficients = 13
    /// Frames a difference is taken over, as librosa's `delta` has it.
    static let width = 9

    /// Coefficients, their slopes and their curvatures over time, `[frames, 39]` from log-mel `[frames, bands]`.
    public static func frames(_ logMel: Matrix) -> Matrix {
        let cepstra = cepstra(logMel)
        let parts = [cepstra, differences(cepstra, order: 1), differences(cepstra, order: 2)]
        var result = Matrix(rows: logMel.rows, columns: 3 * coefficients)
        for t in 0..<logMel.rows { result.setRow(t, to: parts.flatMap { $0.row(t) }) }
        return result
    }

    /// `[frames, 13]`: the orthonormal DCT-II over the bands, `s_k Σ_b x_b cos(π k (b + ½) / B)`, `s_0 = √(1/B)`, else `√(2/B)`;
    /// equals `librosa.feature.mfcc(S=…, n_mfcc=13)`.
    static func cepstra(_ logMel: Matrix) -> Matrix {
        let bands = logMel.columns
        let cosines = Matrix(
            rows: coefficients, columns: bands,
            storage: (0..<coefficients).flatMap { k in
                let scale = (Double(k == 0 ? 1 : 2) / Double(bands)).squareRoot()
                return (0..<bands).map {
                    Float(scale * cos(.pi * Double(k) * (Double($0) + 0.5) / Double(bands)))
                }
            })
        var result = Matrix(rows: logMel.rows, columns: coefficients)
        for t in 0..<logMel.rows {
            for k in 0..<coefficients { result[t, k] = dot(logMel.row(t), cosines.row(k)) }
        }
        return result
    }

    /// The derivative of the parabola (order 2) or line (order 1) fitted to the 9 frames around each, as
    /// `librosa.feature.delta(width=9, order=…)`: near the ends that of the first or last 9. Zero where there are fewer.
    static func differences(_ values: Matrix, order: Int) -> Matrix {
        precondition(order == 1 || order == 2, "TimbreFeatures: first or second differences")
        let reach = width / 2
        let steps = (-reach...reach).map(Double.init)
        // Least squares on n, or on n² less its mean: Σ w x / Σ w², times the derivative's factor.
        let mean = steps.reduce(0) { $0 + $1 * $1 } / Double(width)
        let shape = order == 1 ? steps : steps.map { $0 * $0 - mean }
        let scale = Double(order) / shape.reduce(0) { $0 + $1 * $1 }
        let weights = shape.map { Float($0 * scale) }
        var result = Matrix(rows: values.rows, columns: values.columns)
        guard values.rows >= width else { return result }
        for t in 0..<values.rows {
            let first = min(max(t - reach, 0), values.rows - width)
            for (i, weight) in weights.enumerated() {
                for k in 0..<values.columns { result[t, k] += weight * values[first + i, k] }
            }
        }
        return result
    }

    /// Means of every `count` frames, without what is left at the end; one of all of them where they are fewer.
    public static func averaging(_ logMel: Matrix, over count: Int) -> Matrix {
        let count = min(count, max(1, logMel.rows))
        var result = Matrix(rows: logMel.rows / count, columns: logMel.columns)
        for t in 0..<result.rows * count {
            for b in 0..<logMel.columns { result[t / count, b] += logMel[t, b] / Float(count) }
        }
        return result
    }
}
