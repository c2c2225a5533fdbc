import Foundation

/// How harmonics glide from frame to frame, by tenths of a semitone: the fluctogram of Lehner, Widmer & Sonnleitner (ICASSP 2014).
struct VoiceGlides: Sendable {
    /// Points of the axis: 120 an octave from 150 Hz on.
    static let points = 540
    static let bands: [ClosedRange<Double>] = [200...600, 400...1200, 800...2000, 1400...3300]
    /// Tenths of a semitone that are looked for.
    static let farthest = 6
    /// Correlation from which a band's spectrum is the same, moved.
    static let clear = 0.6
    /// A spectrum lower by so much, in natural logarithms of power, is silent.
    static let depth = 9.0

    private let places: [(bin: Int, part: Double)]
    private let ranges: [Range<Int>]

    init() {
        let frequencies = (0..<Self.points).map { 150 * exp2(Double($0) / 120) }
        places = frequencies.map {
            let place = $0 * Double(VoiceFeatures.size) / Double(VoiceFeatures.sampleRate)
            return (Int(place), place - Double(Int(place)))
        }
        let last = Self.points - Self.farthest
        func point(_ frequency: Double) -> Int {
            min(last, frequencies.firstIndex { $0 >= frequency } ?? last)
        }
        ranges = Self.bands.map { point($0.lowerBound)..<point($0.upperBound) }
    }

    func measure(_ frames: VoiceFrames) -> [String: Double] {
        var logs = frames.power.map { frame in
            places.map { log(frame[$0.bin] * (1 - $0.part) + frame[$0.bin + 1] * $0.part) }
        }
        let least = (logs.compactMap { $0.max() }.max() ?? 0) - Self.depth
        for i in logs.indices { for j in logs[i].indices { logs[i][j] = max(logs[i][j], least) } }
        var found: [String: Double] = [:]
        for (b, range) in ranges.enumerated() {
            let shifts = zip(logs, logs.dropFirst()).map { Self.shift($0, $1, range) }
            let moves = shifts.map { $0.map { abs($0) >= 1 && abs($0) < Self.farthest } ?? false }
            found["glide\(b)"] = frames.meanStep(moves.map { $0 ? 1 : 0 })
            found["glidesize\(b)"] = frames.meanStep(shifts.map { Double(min(4, abs($0 ?? 0))) })
            var (steady, all) = (0, 0)
            for i in shifts.indices.dropFirst()
            where frames.areBothLoud[i] && frames.areBothLoud[i - 1] {
                all += 1
                if moves[i], moves[i - 1], (shifts[i] ?? 0) * (shifts[i - 1] ?? 0) > 0 {
                    steady += 1
                }
            }
            found["steady\(b)"] = Double(steady) / Double(max(1, all))
        }
        return found
    }

    /// By how much a range has moved; nil where it is not the same range moved.
    private static func shift(_ before: [Double], _ after: [Double], _ range: Range<Int>) -> Int? {
        let first = standardised(before[range])
        var best = (shift: 0, likeness: -2.0)
        for shift in -farthest...farthest {
            let moved = standardised(after[range.lowerBound + shift..<range.upperBound + shift])
            var likeness = 0.0
            for i in first.indices { likeness += first[i] * moved[i] }
            if likeness > best.likeness { best = (shift, likeness) }
        }
        return best.likeness > clear ? best.shift : nil
    }

    private static func standardised(_ values: ArraySlice<Double>) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let size = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot() + 1e-6
        return values.map { ($0 - mean) / size }
    }
}
