import Foundation

/// A tone whose pitch wavers regularly, as of a singer, a bowed string or a flute.
public struct Vibrato: Equatable, Sendable {
    /// Wavers a second; 4…8.
    public let rate: Double
    /// Cents to either side of the mean pitch.
    public let extent: Double
    /// Hz, the mean pitch.
    public let pitch: Double

    static let rates = 4.0...8.0
    static let leastExtent = 15.0
    /// A waver that explains less of the pitch's movement is none.
    static let leastShare = 0.5
    static let leastSeconds = 0.6

    /// What is heard in the longest tone of a stretch.
    /// - Parameter samples: mono; a second or two.
    /// - Returns: nil where there is no single tone of 0.6 s, as in most chords and noises, or where its pitch does not waver regularly.
    public init?(_ samples: [Float], sampleRate: Int = NoteSpectrum.sampleRate) {
        let track = PitchTrack(samples, sampleRate: sampleRate)
        guard let tone = track.longestTone,
            Double(tone.count) * track.hopSeconds >= Self.leastSeconds
        else { return nil }
        let mean = tone.reduce(0, +) / Double(tone.count)
        // The slow movement of the melody is taken off: the mean over one waver of the slowest kind.
        let half = Int(0.125 / track.hopSeconds)
        let moving = tone.indices.map { i -> Double in
            let window = tone[max(0, i - half)...min(tone.count - 1, i + half)]
            return tone[i] - window.reduce(0, +) / Double(window.count)
        }
        // The first and last half window have no middle.
        let cents = Array(moving.dropFirst(half).dropLast(half))
        let power = cents.reduce(0) { $0 + $1 * $1 }
        guard cents.count > 20, power > 0 else { return nil }
        var best = (rate: 0.0, power: 0.0)
        for step in 0...48 {
            let rate = 2 + 0.25 * Double(step)
            let found = Self.power(cents, rate, track.hopSeconds)
            if found > best.power { best = (rate, found) }
        }
        // Taking off the moving mean changed the waver by 1 − sin x / x.
        let x = Double.pi * best.rate * Double(2 * half + 1) * track.hopSeconds
        let amplitude = (2 * best.power / Double(cents.count)).squareRoot() / (1 - sin(x) / x)
        guard Self.rates.contains(best.rate), best.power >= Self.leastShare * power,
            amplitude >= Self.leastExtent
        else { return nil }
        rate = best.rate
        extent = amplitude
        pitch = 55 * exp2(mean / 1200)
    }

    /// Of the sine that fits best, as a part of Σ x²: least squares on cosine and sine.
    private static func power(_ values: [Double], _ rate: Double, _ step: Double) -> Double {
        var (cc, ss, cs, xc, xs) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (i, value) in values.enumerated() {
            let angle = 2 * Double.pi * rate * Double(i) * step
            let (c, s) = (cos(angle), sin(angle))
            cc += c * c
            ss += s * s
            cs += c * s
            xc += value * c
            xs += value * s
        }
        let determinant = cc * ss - cs * cs
        guard determinant > 1e-9 else { return 0 }
        let (a, b) = ((xc * ss - xs * cs) / determinant, (xs * cc - xc * cs) / determinant)
        return a * xc + b * xs
    }
}

/// The pitch of a single voice over time, by YIN (de Cheveigné & Kawahara, JASA 2002).
struct PitchTrack {
    static let hop = 0.01
    static let lowest = 90.0
    static let highest = 1100.0
    /// Cumulative mean normalised difference under which a stretch is periodic.
    static let threshold = 0.2

    let hopSeconds: Double
    /// Cents above 55 Hz; nil where there is no pitch.
    let cents: [Double?]

    init(_ samples: [Float], sampleRate: Int) {
        let hop = max(1, Int(Self.hop * Double(sampleRate)))
        hopSeconds = Double(hop) / Double(sampleRate)
        let longest = Int(Double(sampleRate) / Self.lowest)
        let shortest = max(2, Int(Double(sampleRate) / Self.highest))
        let window = 2 * longest
        var cents: [Double?] = []
        var start = 0
        while start + window + longest + 1 < samples.count {
            cents.append(
                Self.period(samples, start, window, shortest...longest).map {
                    1200 * log2(Double(sampleRate) / $0 / 55)
                })
            start += hop
        }
        self.cents = cents
    }

    /// The longest run in which the pitch moves by less than a semitone from one frame to the next.
    var longestTone: [Double]? {
        var (best, current): ([Double], [Double]) = ([], [])
        for value in cents + [nil] {
            if let value, current.last.map({ abs($0 - value) < 100 }) ?? true {
                current.append(value)
                continue
            }
            if current.count > best.count { best = current }
            current = value.map { [$0] } ?? []
        }
        return best.isEmpty ? nil : best
    }

    /// Samples of a period; nil where the stretch is not periodic.
    private static func period(
        _ x: [Float], _ start: Int, _ window: Int, _ lags: ClosedRange<Int>
    ) -> Double? {
        // d(τ) = Σ (x_j − x_{j+τ})², then d'(τ) = d(τ) · τ / Σ_{k ≤ τ} d(k).
        var normalised = [Double](repeating: 1, count: lags.upperBound + 2)
        var sum = 0.0
        for lag in 1...lags.upperBound + 1 {
            var difference: Float = 0
            for j in start..<start + window {
                let delta = x[j] - x[j + lag]
                difference += delta * delta
            }
            sum += Double(difference)
            normalised[lag] = sum > 1e-9 ? Double(difference) * Double(lag) / sum : 1
        }
        guard var lag = lags.first(where: { normalised[$0] < threshold }) else { return nil }
        // Down to the bottom of the first dip.
        while lag < lags.upperBound, normalised[lag + 1] < normalised[lag] { lag += 1 }
        let (a, b, c) = (normalised[lag - 1], normalised[lag], normalised[lag + 1])
        let curve = a - 2 * b + c
        return Double(lag) + (curve > 0 ? (a - c) / (2 * curve) : 0)
    }
}
