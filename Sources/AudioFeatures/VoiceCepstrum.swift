import Foundation

/// Where a stretch's mel cepstrum lies and how it moves: vowels and consonants change the spectrum's shape more than most instruments do.
struct VoiceCepstrum: Sendable {
    static let bands = 26
    private let filters: [(first: Int, weights: [Double])]
    private let cosines: [[Double]]

    init() {
        func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
        let (low, high) = (mel(80), mel(5500))
        let edges = (0..<Self.bands + 2).map {
            let place = low + (high - low) * Double($0) / Double(Self.bands + 1)
            return 700 * (pow(10, place / 2595) - 1)
        }
        // Triangles of area 1/2.
        filters = (0..<Self.bands).map { band in
            let (left, middle, right) = (edges[band], edges[band + 1], edges[band + 2])
            let bins =
                VoiceFeatures.bin(left)...min(VoiceFeatures.size / 2, VoiceFeatures.bin(right))
            return (
                bins.lowerBound,
                bins.map {
                    let f = VoiceFeatures.frequency($0)
                    let slope = min((f - left) / (middle - left), (right - f) / (right - middle))
                    return max(0, slope) / (right - left)
                }
            )
        }
        let scale = (2 / Double(Self.bands)).squareRoot()
        cosines = (0..<6).map { k in
            (0..<Self.bands).map {
                scale * cos(.pi * Double(k) * (Double($0) + 0.5) / Double(Self.bands))
            }
        }
    }

    func measure(_ frames: VoiceFrames) -> [String: Double] {
        let mel = frames.power.map { frame in
            filters.map { filter in
                filter.weights.enumerated().reduce(0) {
                    $0 + $1.element * frame[filter.first + $1.offset]
                }
            }
        }
        let least = 1e-5 * (mel.compactMap { $0.max() }.max() ?? 0)
        let logs = mel.map { $0.map { log(max($0, least)) } }
        let cepstrum = cosines.map { cosine in
            logs.map { zip($0, cosine).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        var found: [String: Double] = [:]
        for k in [1, 3, 4, 5] { found["mfcc\(k)"] = frames.mean(cepstrum[k]) }
        for k in [2, 3] { found["mfcc\(k)dev"] = log(frames.deviation(cepstrum[k]) + 0.02) }
        for k in [1, 4] {
            let steps = zip(cepstrum[k], cepstrum[k].dropFirst()).map { ($1 - $0) * ($1 - $0) }
            found["mfcc\(k)step"] = log(frames.meanStep(steps).squareRoot() + 0.02)
        }
        let rises = zip(logs, logs.dropFirst()).map { before, after in
            zip(before, after).reduce(0) { $0 + max(0, $1.1 - $1.0) } / Double(Self.bands)
        }
        let mean = rises.reduce(0, +) / Double(rises.count)
        found["flux"] = frames.meanStep(rises)
        found["fluxpeak"] = rises.sorted()[Int(0.95 * Double(rises.count - 1))] / (mean + 0.02)
        return found
    }
}
