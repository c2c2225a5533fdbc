import Foundation
import Matrices

/// Renders songs to samples.
public struct Synthesizer: Sendable {
    public let sampleRate: Int

    public init(sampleRate: Int = 22050) { self.sampleRate = sampleRate }

    /// Mono samples within ±0.95. The same plan gives the same samples, whatever else is rendered.
    public func render(_ plan: SongPlan, in world: World) -> [Float] {
        let style = world.styles[plan.style]
        let score = SongScore(plan, style)
        let rate = Double(sampleRate)
        let count = Int(plan.seconds * rate)
        var generator = SeededGenerator(seed: plan.seed, stream: 2)
        var wet = [Float](repeating: 0, count: count)
        var dry = wet
        // Every song has a mix of its own.
        func level(_ part: Part) -> Double { part.level * generator.uniform(0.75...1.2) }
        for (part, notes, isWet) in [
            (style.bass, score.bass, false), (style.chords, score.chords, true),
            (style.lead, score.lead, true),
        ] {
            guard let part else { continue }
            let instrument = Instrument(
                timbre: part.timbre, sampleRate: rate, brightness: plan.brightness)
            let gain = level(part)
            for note in notes {
                if isWet {
                    instrument.play(note, level: gain, into: &wet, &generator)
                } else {
                    instrument.play(note, level: gain, into: &dry, &generator)
                }
            }
        }
        let kit = DrumKit(sampleRate: rate, isElectronic: style.character.electronic > 0.2)
        let drums = generator.uniform(0.55...0.8)
        for stroke in score.drums { kit.play(stroke, level: drums, into: &dry, &generator) }
        if style.echo > 0 { addEcho(&wet, beat: 60 / plan.tempo, amount: style.echo) }
        if style.reverb > 0 { addRoom(&wet, &dry, amount: style.reverb) }
        return finish(zip(wet, dry).map { $0 + $1 })
    }

    /// Repeats three quarters of a beat later, each darker than the last.
    private func addEcho(_ buffer: inout [Float], beat: Double, amount: Double) {
        let delay = Int(0.75 * beat * Double(sampleRate))
        guard delay > 0, delay < buffer.count else { return }
        let feedback = Float(min(0.65, amount))
        var smooth: Float = 0
        for i in delay..<buffer.count {
            smooth += 0.4 * (buffer[i - delay] - smooth)
            buffer[i] += feedback * smooth
        }
    }

    /// A room: four damped combs and two all-passes (Schroeder).
    private func addRoom(_ wet: inout [Float], _ dry: inout [Float], amount: Double) {
        let scale = Double(sampleRate) / 44100
        let count = wet.count
        let input = (0..<count).map { wet[$0] + 0.25 * dry[$0] }
        var room = [Float](repeating: 0, count: count)
        let feedback = Float(0.72 + 0.22 * amount)
        for length in [1557, 1617, 1491, 1422].map({ Int(Double($0) * scale * (0.8 + amount)) }) {
            var line = [Float](repeating: 0, count: length)
            var (place, damped) = (0, Float(0))
            for i in 0..<count {
                let value = line[place]
                damped += 0.6 * (value - damped)
                line[place] = input[i] + feedback * damped
                room[i] += value
                place = place + 1 == length ? 0 : place + 1
            }
        }
        for length in [225, 556].map({ Int(Double($0) * scale) }) {
            var line = [Float](repeating: 0, count: length)
            var place = 0
            for i in 0..<count {
                let value = line[place]
                let entering = room[i] + 0.5 * value
                line[place] = entering
                room[i] = value - 0.5 * entering
                place = place + 1 == length ? 0 : place + 1
            }
        }
        for i in 0..<count { wet[i] += Float(amount) * 0.35 * room[i] }
    }

    /// Brings all songs to about the same loudness, softly limited, with faded ends.
    private func finish(_ mix: [Float]) -> [Float] {
        let energy = mix.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, mix.count))
        let gain = Float(0.14 / max(1e-6, energy.squareRoot()))
        let fade = sampleRate / 4
        return mix.enumerated().map { i, value in
            let edge = Float(min(1, Double(min(i + 64, mix.count - 1 - i)) / Double(fade)))
            return 0.95 * tanh(value * gain) * edge
        }
    }
}
