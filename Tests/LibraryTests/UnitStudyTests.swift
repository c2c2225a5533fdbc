import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection
import Testing

@testable import Library

/// Sound whose truth is known, heard by a network whose filters are known.
@Suite(.serialized) struct UnitStudyTests {
    /// Eight seconds of a quiet hum, with a tone from `start` for one second.
    static func song(_ hertz: Double, at start: Double) throws -> Matrix {
        let rate = 22050.0
        let samples = (0..<Int(8 * rate)).map { i -> Float in
            let time = Double(i) / rate
            let hum = 0.002 * sin(2 * .pi * 90 * time)
            guard time >= start, time < start + 1 else { return Float(hum) }
            return Float(hum + 0.4 * sin(2 * .pi * hertz * time))
        }
        let format = SpectrogramFormat.standard
        return format.compression.apply(try MelSpectrogram(format.mel).transform(samples))
    }

    /// First filters that answer to one note each and to nothing else: weights above zero at the band nearest to it, below zero two
    /// bands off, where another note's side would reach.
    static func network(_ notes: [Double], bands: [Double]) throws -> NetworkModel {
        var shape = NetworkConfiguration()
        shape.inputPool = 1
        shape.convolutions = [
            .init(filters: notes.count, width: 4, pool: 4),
            .init(filters: notes.count, width: 4, pool: 1),
        ]
        shape.denseUnits = [4]
        shape.outputs = 2
        let mean = [Float](repeating: 0, count: bands.count)
        let model = try NetworkModel.initial(
            shape, mean: mean, deviation: mean.map { _ in 1 }, seed: 1)
        var first = [Float](repeating: 0, count: notes.count * bands.count * 4)
        var second = [Float](repeating: 0, count: notes.count * notes.count * 4)
        for (unit, note) in notes.enumerated() {
            let band = bands.indices.min { abs(bands[$0] - note) < abs(bands[$1] - note) } ?? 0
            for frame in 0..<4 {
                for (offset, weight) in [(-2, -0.5), (0, 1), (2, -0.5)] as [(Int, Float)] {
                    first[(unit * bands.count + band + offset) * 4 + frame] = weight
                }
                second[(unit * notes.count + unit) * 4 + frame] = 1
            }
        }
        var tensors = model.tensors
        tensors["conv1.weight"] = StoredTensor(
            shape: [notes.count, bands.count, 4], values: first)
        tensors["conv2.weight"] = StoredTensor(
            shape: [notes.count, notes.count, 4], values: second)
        return try NetworkModel(configuration: shape, tensors: tensors)
    }

    @Test func theFilterThatAnswersToA4IsFoundAndNamed() throws {
        let bands = MelConfiguration().bandPeaks
        let model = try Self.network([440, 880, 1760], bands: bands)
        // Five songs a note, as few songs get no name; the loudest moment of each is its only tone.
        let notes = [440.0, 880, 1760]
        let songs = try (0..<15).map {
            try Self.song(notes[$0 % 3], at: 1 + Double($0 / 3))
        }
        let source = try MatrixSource(songs)
        let layers = try Predictor(model, threads: 1).excitement(source, top: 20)
        let tag = Enrichment.Tag(kind: "genre", value: "tones")
        let study = UnitStudy(
            model: model, source: source, tags: songs.map { _ in [tag] }, bands: bands)
        let described = try study.describe(layers)
        let seconds = 110.0 / 22050
        for layer in described.prefix(2) {
            for (unit, name) in ["A4", "A5", "A6"].enumerated() {
                let found = layer.units[unit]
                #expect(found.isNamed && found.sound?.note == name, "\(layer.name): \(found.label)")
                #expect(found.label.hasPrefix("\(name) tone"))
                for moment in found.moments.prefix(5) {
                    #expect(moment.song % 3 == unit)
                    // The tone begins at 1 s + song / 3 and lasts a second; a frame hears 46 ms.
                    let heard = Double(moment.frame) * seconds
                    let start = 1 + Double(moment.song / 3)
                    #expect(heard > start - 0.1 && heard < start + 1.05, "\(layer.name)")
                }
            }
        }
        // All songs share the tag: nothing is over-represented.
        #expect(described[2].units.allSatisfy { !$0.isNamed })
    }

    @Test func fewSongsGetNoName() throws {
        let bands = MelConfiguration().bandPeaks
        let model = try Self.network([440, 880, 1760], bands: bands)
        let source = try MatrixSource([Self.song(440, at: 2), Self.song(880, at: 2)])
        let layers = try Predictor(model, threads: 1).excitement(source, top: 20)
        let described = try UnitStudy(model: model, source: source, tags: [[], []], bands: bands)
            .describe(layers)
        #expect(described[1].units.allSatisfy { !$0.isNamed })
        #expect(described[1].units[0].label.hasPrefix("too few songs"))
    }

    @Test func secondsAreThoseOfTheFile() {
        #expect(Excerpt.standard.second(ofHeard: 4, start: 75, duration: 180) == 79)
        #expect(Excerpt.whole.second(ofHeard: 100, start: 0, duration: 300) == 100)
        // Twenty pieces of 30 s of 40 minutes: the second begins at (2400 − 30) / 19.
        let second = Excerpt.whole.second(ofHeard: 31, start: 0, duration: 2400)
        #expect(abs(second - (2370.0 / 19 + 1)) < 1e-9)
        #expect(abs(Excerpt.whole.second(ofHeard: 600, start: 0, duration: 2400) - 2400) < 1e-6)
    }
}
