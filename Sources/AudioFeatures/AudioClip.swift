import Foundation

/// A piece of music cut out to stand beside others.
public enum AudioClip {
    /// The clip at a common level, faded at both ends by a raised cosine, so that clips end to end neither click nor shout.
    /// - Parameters:
    ///   - level: root mean square of the result, where its peak allows: it stays under 0.95.
    ///   - fade: samples of each fade; at most half the clip.
    /// - Returns: nothing for a silent clip, which has no level to bring it to.
    public static func faded(_ clip: [Float], level: Float, fade: Int) -> [Float] {
        var squares = 0.0
        var peak: Float = 0
        for sample in clip {
            squares += Double(sample) * Double(sample)
            peak = max(peak, abs(sample))
        }
        squares /= Double(max(1, clip.count))
        guard squares > 1e-10, peak > 0 else { return [] }
        let gain = min(level / Float(squares.squareRoot()), 0.95 / peak)
        let ramp = min(clip.count / 2, fade)
        var result = clip
        for i in result.indices { result[i] *= gain }
        for i in 0..<ramp {
            let share = 0.5 - 0.5 * cos(Float.pi * Float(i) / Float(ramp))
            result[i] *= share
            result[result.count - 1 - i] *= share
        }
        return result
    }
}
