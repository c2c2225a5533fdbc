import Foundation

/// What the pitch does, from each frame's autocorrelation.
struct VoicePitch: Sendable {
    /// Samples of a period at 1,002 and at 80 Hz.
    static let shortest = VoiceFeatures.sampleRate / 1000
    static let longest = VoiceFeatures.sampleRate / 80
    /// Autocorrelation from which a frame has a pitch.
    static let voiced = 0.6

    /// The window's own autocorrelation, which is divided out.
    private let windowLags: [Double]

    init(hann: [Double]) {
        let lags = (0..<Self.longest + 2).map { lag in
            zip(hann, hann.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        windowLags = lags.map { $0 / lags[0] }
    }

    func measure(_ frames: VoiceFrames, _ fourier: Fourier) -> [String: Double] {
        let found = frames.power.map { pitch($0, fourier) }
        let isVoiced = zip(found, frames.isLoud).map { $1 && $0.strength > Self.voiced }
        var (longest, run, links) = (0, 0, 0)
        var (moved, glides) = (0.0, 0)
        for i in 1..<found.count {
            let move = abs(found[i].semitones - found[i - 1].semitones)
            guard isVoiced[i], isVoiced[i - 1], move < 1 else {
                run = 0
                continue
            }
            run += 1
            longest = max(longest, run)
            links += 1
            moved += min(move, 0.5)
            if move > 0.08 { glides += 1 }
        }
        let pitches = zip(found, isVoiced).filter(\.1).map(\.0.semitones)
        return [
            "hnrdev": frames.deviation(found.map(\.strength)),
            "longest": Double(longest) / Double(found.count - 1),
            "pitchmove": log(moved / Double(max(1, links)) + 0.01),
            "pitchglide": Double(glides) / Double(max(1, links)),
            "pitch": pitches.isEmpty ? 24 : pitches.reduce(0, +) / Double(pitches.count),
        ]
    }

    /// Semitones above 55 Hz and how periodic it is: the first peak of the autocorrelation that is nearly the highest.
    private func pitch(_ power: [Double], _ fourier: Fourier) -> (
        semitones: Double, strength: Double
    ) {
        let lags = fourier.autocorrelation(power, lags: Self.longest + 2)
        let a = zip(lags, windowLags).map { $0 / lags[0] / $1 }
        let range = Self.shortest...Self.longest
        let top = range.reduce(-Double.infinity) { max($0, a[$1]) }
        let lag =
            (Self.shortest + 1..<Self.longest).first {
                a[$0] >= a[$0 - 1] && a[$0] > a[$0 + 1] && a[$0] > 0.85 * top
            } ?? range.first { a[$0] == top } ?? Self.shortest
        let curve = a[lag - 1] - 2 * a[lag] + a[lag + 1]
        let part =
            curve < -1e-6 ? min(0.5, max(-0.5, 0.5 * (a[lag - 1] - a[lag + 1]) / curve)) : 0
        let period = Double(lag) + part
        return (
            12 * log2(Double(VoiceFeatures.sampleRate) / period / 55), min(0.999, max(0, a[lag]))
        )
    }
}
