import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection
import TestSupport
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
        let layers = try Predictor(model, threads: 1).excitement(source, top: 20).layers
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
        let layers = try Predictor(model, threads: 1).excitement(source, top: 20).layers
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

    /// A network whose second layer answers where C5, E5 and G5 sound at once, and songs of chords that share two of these notes, as files.
    @Test func theDetectorOfCMajorIsFoundAndNamed() throws {
        let bands = MelConfiguration().bandPeaks
        let triad = [523.25, 659.26, 783.99]
        var model = try Self.network(triad, bands: bands)
        var tensors = model.tensors
        // Unit 0 sums what the three notes give; unit 1 answers to C5 alone, unit 2 to E5.
        var second = [Float](repeating: 0, count: 3 * 3 * 4)
        for frame in 0..<4 {
            for note in 0..<3 { second[(0 * 3 + note) * 4 + frame] = 1 }
            second[(1 * 3 + 0) * 4 + frame] = 1
            second[(2 * 3 + 1) * 4 + frame] = 1
        }
        tensors["conv2.weight"] = StoredTensor(shape: [3, 3, 4], values: second)
        model = try NetworkModel(configuration: model.configuration, tensors: tensors)

        let folder = try ScanFolder()
        let chords = [
            "C major": [523.25, 659.26, 783.99], "E minor": [493.88, 659.26, 783.99],
            "A minor": [440, 523.25, 659.26], "F major": [440, 523.25, 698.46],
            "D minor": [440, 587.33, 698.46], "C5": [523.25], "E5": [659.26], "G5": [783.99],
        ]
        for (name, notes) in chords {
            for copy in 0..<12 {
                // A second of the chord in five of hum, not at the same place; the loudness differs a little.
                let start = 1 + 0.2 * Double(copy)
                let samples = (0..<Int(6 * 22050.0)).map { i -> Float in
                    let time = Double(i) / 22050
                    let hum = 0.002 * sin(2 * .pi * 90 * time)
                    guard time >= start, time < start + 1 else { return Float(hum) }
                    // One note alone is played as loud as three together.
                    return Float(
                        hum + (0.3 + 0.006 * Double(copy)) / Double(notes.count)
                            * notes.reduce(0) { $0 + sin(2 * .pi * $1 * time) })
                }
                var tags = AudioTags()
                tags.artists = ["Artist \(copy % 4)"]
                try AudioFileWriter.write(
                    samples: samples, sampleRate: 22050, tags: tags,
                    to: folder.music.appendingPathComponent("\(name) \(copy).wav").path)
            }
        }
        _ = try folder.scan(excerpt: .whole)
        let tracks = try folder.catalogue.tracks()
        #expect(tracks.count == 96)
        let source = try SpectrogramStore(folder.catalogue.location).open(tracks.map(\.place))
        let layers = try Predictor(model, threads: 2).excitement(source, top: 20).layers
        let sounds = try MomentSounds(
            tracks: tracks, frameSeconds: 110.0 / 22050, context: StageContext(threads: 2)
        ).study(layers)
        let described = try UnitStudy(
            model: model, source: source, tags: tracks.map(\.labels), sounds: sounds, bands: bands
        ).describe(layers)
        let detector = described[1].units[0]
        #expect(detector.label == "C major chord" && detector.isNamed, "\(detector.evidence)")
        #expect(
            detector.evidence.first?.hasPrefix("chord C major: 10 of its 10 strongest moments, ")
                == true, "\(detector.evidence)")
        // A filter of one note answers in chords that hold it: a note is what it is called.
        #expect(described[0].units[1].label.hasPrefix("E5 tone"), "\(described[0].units[1].label)")
    }

    /// Hears what is in a folder, and makes the layer of one unit that is excited 2.5 s into the songs named.
    static func study(_ folder: ScanFolder) throws -> (MomentSounds, ([Int]) -> LayerExcitement) {
        _ = try folder.scan(excerpt: .whole)
        let tracks = try folder.catalogue.tracks()
        let study = MomentSounds(
            tracks: tracks, frameSeconds: 110.0 / 22050, context: StageContext(threads: 2))
        return (
            study,
            { songs in
                let moments = songs.map { song in
                    UnitMoment(
                        song: tracks.firstIndex { $0.stem == String(song) } ?? 0, frame: 500,
                        activation: 1)
                }
                return LayerExcitement(
                    name: "conv2", reach: 60, moments: [moments], means: [moments],
                    character: LayerCharacter(Matrix(rows: 1, columns: 1), isRectified: true))
            }
        )
    }

    /// Songs with a wavering tone among songs of steady ones, all of the same notes.
    @Test func wavesOfAVoiceAreToldFromSteadyTones() throws {
        let folder = try ScanFolder()
        for song in 0..<40 {
            var phase = 0.0
            let isSung = song % 4 == 0
            let samples = (0..<Int(6 * 22050.0)).map { i -> Float in
                let time = Double(i) / 22050
                let cents = isSung ? 50 * sin(2 * .pi * (5 + 0.05 * Double(song)) * time) : 0
                phase += 2 * .pi * (300 + 5 * Double(song)) * exp2(cents / 1200) / 22050
                return Float(0.2 * sin(phase) + 0.1 * sin(2 * phase) + 0.05 * sin(3 * phase))
            }
            var tags = AudioTags()
            // The last eight sung ones are by one artist.
            tags.artists = [song < 8 ? "Artist \(song)" : isSung ? "One" : "Artist \(song % 7)"]
            try AudioFileWriter.write(
                samples: samples, sampleRate: 22050, tags: tags,
                to: folder.music.appendingPathComponent("\(song).wav").path)
        }
        let (study, layer) = try Self.study(folder)
        let sung = try study.study([layer(Array(stride(from: 0, to: 40, by: 4)))])
        let found = try #require(sung["conv2"]?.first?.first)
        #expect(found.kind == "tone" && found.value == "with vibrato")
        #expect(found.found == 10 && found.best == 10)
        // A quarter of what is drawn blindly wavers.
        #expect(abs(Double(found.known) / Double(found.songs) - 0.25) < 0.06)
        // What one artist's songs hold says nothing of a unit.
        let one = try study.study([layer(Array(stride(from: 8, to: 40, by: 4)))])
        #expect(one["conv2"]?.first?.isEmpty == true)
        let steady = try study.study([layer(Array(stride(from: 1, to: 40, by: 4)))])
        #expect(steady["conv2"]?.first?.isEmpty == true)
        // Files that are gone are left out.
        try FileManager.default.removeItem(at: folder.music)
        #expect(try study.study([layer([0, 4, 8])])["conv2"]?.first?.isEmpty == true)
    }

    /// Songs of a composed voice over an organ among songs of instruments over the same; what the unit answers to is known.
    @Test func aUnitThatAnswersToVoicesIsCalledVoiceLike() throws {
        let folder = try ScanFolder()
        let lines: [ComposedLine] = [.voice, .strings, .flute, .plucked, .drums]
        for song in 0..<40 {
            let seed = UInt64(song)
            let line = lines[song % 5].samples(seed: seed, rate: 22050, seconds: 6)
            let organ = ComposedLine.organ.samples(seed: 100 + seed, rate: 22050, seconds: 6)
            var tags = AudioTags()
            tags.artists = ["Artist \(song % 7)"]
            try AudioFileWriter.write(
                samples: zip(line, organ).map { $0 + 0.4 * $1 }, sampleRate: 22050, tags: tags,
                to: folder.music.appendingPathComponent("\(song).wav").path)
        }
        let (study, layer) = try Self.study(folder)
        let sung = try study.study([layer(Array(stride(from: 0, to: 40, by: 5)))])
        let found = try #require(sung["conv2"]?.first?.first { $0.kind == "sound" })
        #expect(found.value == "voice-like" && found.found >= 7 && found.best == 8)
        // A fifth of what is drawn blindly is sung.
        #expect(abs(Double(found.known) / Double(found.songs) - 0.2) < 0.06, "\(found.evidence)")
        var weights = Matrix(rows: 4, columns: 128)
        for frame in 0..<4 { for band in 30..<50 { weights[frame, band] = 1 } }
        let band = FilterLabel(weights, bands: MelConfiguration().bandPeaks)
        #expect(MomentWords.told(sung["conv2"]?[0] ?? [], band, reach: 0.3) == found)
        #expect(MomentWords.label(band, found) == "\(band.text), voice-like")
        for other in 1..<5 {
            let played = try study.study([layer(Array(stride(from: other, to: 40, by: 5)))])
            #expect(played["conv2"]?.first?.contains { $0.kind == "sound" } == false)
        }
    }
}
