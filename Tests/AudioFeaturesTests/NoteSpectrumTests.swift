import Foundation
import Matrices
import Testing

@testable import AudioFeatures

/// Sounds made by formula, so that their notes are known.
private enum Tone {
    static let rate = Double(NoteSpectrum.sampleRate)

    static func hertz(_ note: Double) -> Double { 440 * exp2((note - 69) / 12) }

    /// Notes held together for `seconds`, each with harmonics of the amplitudes given.
    static func chord(_ notes: [Int], harmonics: [Float] = [1], seconds: Double = 1.2) -> [Float] {
        var samples = [Float](repeating: 0, count: Int(seconds * rate))
        for note in notes {
            for (h, amplitude) in harmonics.enumerated() {
                let step = 2 * Double.pi * hertz(Double(note)) * Double(h + 1) / rate
                guard step < .pi else { continue }
                for i in samples.indices {
                    samples[i] += 0.1 * amplitude * Float(sin(step * Double(i) + Double(h)))
                }
            }
        }
        return samples
    }

    /// A tone whose pitch moves by `cents(seconds)`.
    static func moving(
        _ hertz: Double, seconds: Double = 1.5, level: (Double) -> Double = { _ in 1 },
        cents: (Double) -> Double
    ) -> [Float] {
        var phase = 0.0
        return (0..<Int(seconds * rate)).map { i in
            let time = Double(i) / rate
            phase += 2 * .pi * hertz * exp2(cents(time) / 1200) / rate
            let wave = sin(phase) + 0.5 * sin(2 * phase) + 0.3 * sin(3 * phase)
            return Float(0.2 * level(time) * wave)
        }
    }

    static func heard(_ samples: [Float]) -> Chord? {
        Chord(NoteSpectrum().amplitudes(samples, around: samples.count / 2))
    }

    static let saw: [Float] = (1...12).map { 1 / Float($0) }
    static let organ: [Float] = [0.8, 0.6, 0.35, 0.25, 0, 0.12]
    static let piano: [Float] = [1, 0.5, 0.28, 0.16, 0.09, 0, 0.04]
    static let square: [Float] = (1...11).map { $0 % 2 == 1 ? 1 / Float($0) : 0 }
}

@Suite struct NoteSpectrumTests {
    /// Against the sum written out, and by what a sine of known amplitude must give.
    @Test func aSineGivesItsAmplitudeAndItsNeighboursNothing() {
        let spectrum = NoteSpectrum()
        for note in [36, 48, 57, 69, 83, 107] {
            let heard = spectrum.amplitudes(
                Tone.chord([note]), around: Tone.chord([note]).count / 2)
            #expect(abs(heard[note - 36] - 0.1) < 0.003, "\(note)")
            for other in heard.indices where abs(other - (note - 36)) >= 1 {
                #expect(heard[other] < 0.012, "\(note) in \(other + 36)")
            }
        }
        #expect(spectrum.amplitudes([], around: 0).allSatisfy { $0 == 0 })
        #expect(spectrum.amplitudes([1, 1], around: 9000).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [[1], Tone.saw, Tone.organ, Tone.piano, Tone.square] as [[Float]])
    func allTriadsAreNamedInEveryInversion(harmonics: [Float]) {
        for root in 0..<12 {
            for isMinor in [false, true] {
                let third = isMinor ? 3 : 4
                let base = 48 + root
                for notes in [
                    [base, base + third, base + 7], [base + 12, base + third, base + 7],
                    [base + 12, base + third + 12, base + 7],
                    [base - 12, base + third, base + 7, base + 12],
                ] {
                    let chord = Tone.heard(Tone.chord(notes, harmonics: harmonics))
                    #expect(
                        chord == Chord(root: root, isMinor: isMinor),
                        "\(notes): \(chord?.name ?? "nil")")
                }
            }
        }
    }

    @Test func whatIsNoTriadIsCalledNone() {
        for harmonics in [[1], Tone.saw, Tone.organ, Tone.piano, Tone.square] as [[Float]] {
            for note in stride(from: 36, through: 84, by: 3) {
                #expect(Tone.heard(Tone.chord([note], harmonics: harmonics)) == nil, "\(note)")
                #expect(Tone.heard(Tone.chord([note, note + 7], harmonics: harmonics)) == nil)
            }
            // Diminished, augmented, a seventh chord, a cluster.
            for notes in [[60, 63, 66], [60, 64, 68], [60, 64, 67, 70], [60, 61, 62, 63]] {
                #expect(Tone.heard(Tone.chord(notes, harmonics: harmonics)) == nil, "\(notes)")
            }
        }
        #expect(Tone.heard([Float](repeating: 0, count: 9000)) == nil)
        var named = 0
        for seed in 0..<50 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let noise = (0..<12000).map { _ in Float(0.2 * generator.normal()) }
            if Tone.heard(noise) != nil { named += 1 }
        }
        #expect(named <= 1)
        #expect(Chord(root: 6, isMinor: true).name == "F♯ minor")
    }
}

@Suite struct VibratoTests {
    @Test(arguments: [(4.5, 30.0, 220.0), (5.5, 60, 440), (6.5, 100, 330), (7, 40, 880)])
    func rateAndExtentAreFound(rate: Double, extent: Double, hertz: Double) throws {
        let samples = Tone.moving(hertz) { extent * sin(2 * .pi * rate * $0) }
        let vibrato = try #require(Vibrato(samples))
        #expect(abs(vibrato.rate - rate) <= 0.3)
        #expect(abs(vibrato.extent / extent - 1) < 0.15, "\(vibrato.extent)")
        #expect(abs(1200 * log2(vibrato.pitch / hertz)) < 15)
    }

    @Test func aWaverOnASlidingMelodyIsFound() {
        let samples = Tone.moving(300) { 200 * $0 + 50 * sin(2 * .pi * 5.5 * $0) }
        #expect(abs((Vibrato(samples)?.rate ?? 0) - 5.5) <= 0.5)
    }

    @Test func otherMovementsAreNone() {
        #expect(Vibrato(Tone.moving(440) { _ in 0 }) == nil)
        // Loudness that wavers, a slow bend, a trill of a semitone up and down twice a second, a waver too fast for a voice.
        let tremolo = Tone.moving(
            440, level: { 1 + 0.5 * sin(2 * .pi * 5.5 * $0) }, cents: { _ in 0 })
        #expect(Vibrato(tremolo) == nil)
        #expect(Vibrato(Tone.moving(440) { 300 * $0 }) == nil)
        #expect(Vibrato(Tone.moving(440) { 80 * sin(2 * .pi * 2 * $0) }) == nil)
        #expect(Vibrato(Tone.moving(440) { 60 * sin(2 * .pi * 11 * $0) }) == nil)
        // Shorter than three wavers, a chord, noise, silence, nothing.
        #expect(Vibrato(Tone.moving(440, seconds: 0.45) { 60 * sin(2 * .pi * 5.5 * $0) }) == nil)
        #expect(Vibrato(Tone.chord([60, 64, 67], harmonics: Tone.saw)) == nil)
        var generator = SeededGenerator(seed: 1)
        #expect(Vibrato((0..<16000).map { _ in Float(0.1 * generator.normal()) }) == nil)
        #expect(Vibrato([Float](repeating: 0, count: 16000)) == nil && Vibrato([]) == nil)
    }
}

@Suite struct OpusTests {
    @Test(.enabled(if: AudioFileWriter.canWriteOpus)) func opusIsWrittenAndHeardAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.opus")
        let sine = (0..<48_000 * 2 + 123).map {
            Float(0.5 * sin(2 * .pi * 440 * Double($0) / 48_000))
        }
        var tags = AudioTags()
        tags.title = "conv1/3: A4 tone"
        try AudioFileWriter.write(samples: sine, sampleRate: 48_000, tags: tags, to: path)
        let audio = try AudioDecoder(sampleRate: 48_000, excerpt: .everything).decode(path: path)
        #expect(audio.info.codec.contains("opus") && audio.info.tags.title == tags.title)
        #expect(abs(audio.samples.count - sine.count) < 1000)
        // Opus keeps the sound and not the samples: the level is right within 5 %.
        let level = audio.samples.dropFirst(4800).prefix(48_000).reduce(0) { $0 + $1 * $1 } / 48_000
        #expect(abs(level / 0.125 - 1) < 0.05)
    }

    @Test func clipsComeToOneLevelWithoutClicks() {
        for loudness in [0.001, 0.3, 0.9] as [Float] {
            let clip = (0..<48_000).map { loudness * Float(sin(0.05 * Double($0))) }
            let faded = AudioClip.faded(clip, level: 0.1, fade: 2400)
            let middle = faded[4800..<43_200]
            let level = (middle.reduce(0) { $0 + $1 * $1 } / Float(middle.count)).squareRoot()
            #expect(faded.count == clip.count && abs(level - 0.1) < 0.005)
            #expect(faded.first == 0 && abs(faded.last ?? 1) < 1e-4)
        }
        // A click in silence has a peak far above its level: it is not driven beyond full scale.
        var click = [Float](repeating: 0, count: 4800)
        click[2400] = 0.5
        #expect(abs((AudioClip.faded(click, level: 0.1, fade: 100).max() ?? 0) - 0.95) < 1e-5)
        #expect(AudioClip.faded([Float](repeating: 0, count: 99), level: 0.1, fade: 9).isEmpty)
        #expect(AudioClip.faded([], level: 0.1, fade: 9).isEmpty)
        #expect(AudioClip.faded([0.5], level: 0.1, fade: 9) == [0.1])
    }

    @Test func stretchesAreThoseOfTheFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.wav")
        let ramp = (0..<11025 * 4).map { Float($0) / 60000 }
        try AudioFileWriter.write(samples: ramp, sampleRate: 11025, tags: AudioTags(), to: path)
        let decoder = AudioDecoder(sampleRate: 11025)
        let some = try decoder.stretch(path: path, from: 2, seconds: 0.5)
        #expect(some.count == 5513 || some.count == 5512)
        #expect(abs((some.first ?? 0) - ramp[22050]) < 1e-3)
        #expect(try decoder.stretch(path: path, from: 3.5, seconds: 2).count == 5512)
        #expect(throws: AudioError.self) {
            try decoder.stretch(path: path + "x", from: 0, seconds: 1)
        }
    }
}
