import Foundation
import TestSupport
import Testing

@testable import AudioFeatures

/// A stretch made by the same formula as `Golden/make_voice.py` makes it.
private struct Stretch: Decodable {
    let hertz: Double
    let cents: Double
    let waver: Double
    let slide: Double
    let resonances: [[Double]]
    let noise: Double
    let seconds: Double
    let pulse: Double
    let features: [String: Double]
    let score: Double

    var samples: [Float] {
        let rate = Double(VoiceLikeness.sampleRate)
        var phase = 0.0
        var state: UInt32 = 1
        return (0..<Int(seconds * rate)).map { i in
            let time = Double(i) / rate
            let pitch =
                hertz * exp2((cents * sin(2 * .pi * waver * time) + slide * time) / 1200)
            phase += 2 * .pi * pitch / rate
            var sum = 0.0
            for h in 1...20 where Double(h) * pitch < rate / 2 {
                let frequency = Double(h) * pitch
                let heard = resonances.reduce(resonances.isEmpty ? 1.0 : 0) {
                    let place = $1[0] + $1[1] * sin(2 * .pi * 1.7 * time)
                    return $0 + 1 / (1 + pow((frequency - place) / $1[2], 2))
                }
                sum += heard / Double(h) * sin(Double(h) * phase)
            }
            let isSoft = pulse > 0 && sin(2 * .pi * pulse * time) < 0
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(
                0.2 * (isSoft ? 0.1 : 1) * sum
                    + noise * (Double(state) / 2_147_483_648 - 1))
        }
    }
}

@Suite struct VoiceLikenessTests {
    /// `scripts/voice_likeness.py` is the oracle: NumPy's transforms, sorts and sums.
    @Test func numbersAndScoreEqualNumPys() throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/voice.json")
        let stretches = try JSONDecoder().decode([Stretch].self, from: Data(contentsOf: url))
        #expect(stretches.count == 10)
        let measure = VoiceFeatures()
        for (i, stretch) in stretches.enumerated() {
            let samples = stretch.samples
            let found = try #require(measure.measure(samples))
            for (name, value) in stretch.features {
                let own = try #require(found[name], "\(name)")
                #expect(
                    abs(own - value) <= 1e-4 * max(1, abs(value)), "\(i) \(name): \(own), \(value)")
            }
            let score = try #require(VoiceLikeness().score(samples))
            #expect(abs(score - stretch.score) < 0.01, "\(i): \(score), \(stretch.score)")
        }
    }

    /// Where what sounds is known: melodies composed for a voice and for instruments, alone and over an organ half as loud.
    @Test(arguments: ComposedLine.allCases)
    func composedVoicesAreToldFromInstruments(line: ComposedLine) {
        let rule = VoiceLikeness()
        let rate = Double(VoiceLikeness.sampleRate)
        let alone = (0..<40 as Range<UInt64>).map { line.samples(seed: $0, rate: rate) }
        let mixed = alone.enumerated().map { i, samples in
            zip(samples, ComposedLine.organ.samples(seed: 1000 + UInt64(i), rate: rate))
                .map { $0 + 0.5 * $1 }
        }
        let (found, over) = (alone.count(where: rule.isVoice), mixed.count(where: rule.isVoice))
        if line == .voice {
            #expect(found >= 38 && over >= 36, "\(found), \(over)")
        } else {
            #expect(found <= 2 && over <= 4, "\(found), \(over)")
        }
    }

    /// A waver alone makes no voice of a string or a flute.
    @Test(arguments: [ComposedLine.strings, .flute])
    func instrumentsThatWaverLikeSingersAreNoVoices(line: ComposedLine) {
        let rule = VoiceLikeness()
        let found = (0..<60 as Range<UInt64>).count {
            rule.isVoice(
                line.samples(
                    seed: $0, rate: Double(VoiceLikeness.sampleRate), waver: 20...60))
        }
        #expect(found <= 6, "\(found)")
    }

    @Test func silenceAndScrapsHaveNoScore() {
        let rule = VoiceLikeness()
        #expect(rule.score([]) == nil && rule.score([Float](repeating: 0, count: 16000)) == nil)
        #expect(rule.score([Float](repeating: 0.3, count: 16000)) == nil)
        let line = ComposedLine.voice.samples(seed: 1, rate: 11025)
        #expect(rule.score(Array(line.prefix(6143))) == nil)
        #expect(rule.score(Array(line.prefix(6144))) != nil)
        #expect(!rule.isVoice([]))
        // Loudness tells nothing.
        let quiet = rule.score(line.map { 0.01 * $0 })
        #expect(abs((quiet ?? 0) - (rule.score(line) ?? 9)) < 1e-3)
    }
}
