import Foundation
import Matrices

/// What a song sounds like on average: per band the mean and the standard deviation of the log-mel over time, and the mean
/// absolute change from frame to frame.
public enum MelStatistics {
    /// `[3 · bands]` from `[frames, bands]`.
    public static func features(_ logMel: Matrix) -> [Float] {
        let bands = logMel.columns
        var sums = [Double](repeating: 0, count: bands)
        var squares = sums
        var changes = sums
        for t in 0..<logMel.rows {
            for b in 0..<bands {
                let value = Double(logMel[t, b])
                sums[b] += value
                squares[b] += value * value
                if t > 0 { changes[b] += abs(value - Double(logMel[t - 1, b])) }
            }
        }
        let n = Double(max(1, logMel.rows))
        let deviations = (0..<bands).map {
            max(0, squares[$0] / n - (sums[$0] / n) * (sums[$0] / n)).squareRoot()
        }
        return (sums.map { $0 / n } + deviations + changes.map { $0 / n }).map(Float.init)
    }
}
