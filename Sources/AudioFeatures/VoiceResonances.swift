import Foundation

/// Where a vocal tract's first two resonances would be, and how marked they are: linear prediction of order 12 after pre-emphasis.
struct VoiceResonances: Sendable {
    static let order = 12
    /// Hz at which the envelope is looked at.
    private let frequencies = stride(from: 200.0, to: 5200, by: 50).map { $0 }
    private let cosines: [[Double]]
    private let sines: [[Double]]
    private let emphasis: [Double]
    private let first: Range<Int>
    private let second: Range<Int>

    init() {
        let rate = Double(VoiceFeatures.sampleRate)
        cosines = frequencies.map { f in
            (0...Self.order).map { cos(2 * .pi * f * Double($0) / rate) }
        }
        sines = frequencies.map { f in (0...Self.order).map { sin(2 * .pi * f * Double($0) / rate) }
        }
        emphasis = (0...VoiceFeatures.size / 2).map {
            1 + 0.95 * 0.95 - 2 * 0.95 * cos(2 * .pi * VoiceFeatures.frequency($0) / rate)
        }
        func index(_ frequency: Double) -> Int { Int((frequency - 200) / 50) }
        first = index(250)..<index(1000)
        second = index(1000)..<index(2300)
    }

    func measure(_ frames: VoiceFrames, _ fourier: Fourier) -> [String: Double] {
        var (height, dip, secondDip, place, gain) = (
            [Double](), [Double](), [Double](), [Double](), [Double]()
        )
        for frame in frames.power {
            var lags = fourier.autocorrelation(
                zip(frame, emphasis).map { $0 * $1 }, lags: Self.order + 1)
            lags[0] *= 1.0001
            let (a, error) = Self.prediction(lags)
            var envelope = zip(cosines, sines).map { cosine, sine in
                var (real, imaginary) = (0.0, 0.0)
                for i in a.indices {
                    real += a[i] * cosine[i]
                    imaginary += a[i] * sine[i]
                }
                return -log(real * real + imaginary * imaginary + 1e-9)
            }
            let mean = envelope.reduce(0, +) / Double(envelope.count)
            for i in envelope.indices { envelope[i] -= mean }
            let (low, high) = (envelope[first], envelope[second])
            let (top, peak) = (low.max() ?? 0, high.max() ?? 0)
            height.append(top)
            dip.append(top - (low.min() ?? 0))
            secondDip.append(peak - (high.min() ?? 0))
            place.append(log2(frequencies[high.firstIndex(of: peak) ?? second.lowerBound]))
            gain.append(log(lags[0] / max(error, 1e-9)))
        }
        return [
            "form0": frames.mean(height), "formdip0": frames.mean(dip),
            "formdip1": frames.mean(secondDip), "format1": frames.mean(place),
            "lpcgain": frames.mean(gain),
        ]
    }

    /// Levinson & Durbin: coefficients with a₀ = 1, and the error left.
    private static func prediction(_ lags: [Double]) -> (coefficients: [Double], error: Double) {
        var a = [Double](repeating: 0, count: order + 1)
        a[0] = 1
        var error = lags[0]
        for i in 1...order {
            let sum = (0..<i).reduce(0) { $0 + a[$1] * lags[i - $1] }
            let reflection = -sum / error
            let before = a
            for j in 1...i { a[j] = before[j] + reflection * before[i - j] }
            error *= 1 - reflection * reflection
        }
        return (a, error)
    }
}
