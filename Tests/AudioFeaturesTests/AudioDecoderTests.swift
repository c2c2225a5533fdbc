import AudioFeatures
import Foundation
import Matrices
import TestSupport
import Testing

/// A folder that goes when the test is done.
final class TemporaryFolder {
    private let folder: TestFolder
    var url: URL { folder.url }
    init() throws { folder = try TestFolder() }
    func path(_ name: String) -> String { folder.file(name).path }
}

@Suite struct AudioDecoderTests {
    let sine = (0..<22050 * 2).map { Float(0.5 * sin(2 * .pi * 440 * Double($0) / 22050)) }

    @Test(arguments: ["flac", "wav"])
    func whatIsWrittenIsHeard(format: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("ä song.\(format)")
        try AudioFileWriter.write(samples: sine, sampleRate: 22050, tags: AudioTags(), to: path)
        let audio = try AudioDecoder().decode(path: path)
        #expect(audio.samples.count == sine.count)
        #expect(zip(audio.samples, sine).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(audio.warnings.isEmpty && audio.channels == 1 && audio.sourceSampleRate == 22050)
    }

    @Test func tagsSurviveAndDoNotChangeTheContentHash() throws {
        let folder = try TemporaryFolder()
        var tags = AudioTags()
        tags.title = "Ünder; the # \"Sea\""
        tags.artists = ["One", "Two"]
        tags.album = "Album"
        tags.trackNumber = 3
        tags.year = 2014
        tags.genres = ["dub", "ambient"]
        tags.recordingMBID = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
        tags.isrc = "DEAB12345678"
        try AudioFileWriter.write(
            samples: sine, sampleRate: 22050, tags: tags, to: folder.path("a.flac"))
        try AudioFileWriter.write(
            samples: sine, sampleRate: 22050, tags: AudioTags(), to: folder.path("b.flac"))
        try AudioFileWriter.write(
            samples: sine.reversed(), sampleRate: 22050, tags: tags, to: folder.path("c.flac"))
        let (a, b, c) = try (
            AudioDecoder().decode(path: folder.path("a.flac")),
            AudioDecoder().decode(path: folder.path("b.flac")),
            AudioDecoder().decode(path: folder.path("c.flac"))
        )
        #expect(a.tags == tags)
        #expect(a.contentHash == b.contentHash && a.contentHash.count == 32)
        #expect(a.contentHash != c.contentHash)
    }

    @Test func middleOfALongSong() throws {
        let folder = try TemporaryFolder()
        // A ramp tells where in the song a sample comes from.
        let ramp = (0..<22050 * 20).map { Float($0) / Float(22050 * 20) }
        try AudioFileWriter.write(
            samples: ramp, sampleRate: 22050, tags: AudioTags(), to: folder.path("a.flac"))
        let audio = try AudioDecoder(excerpt: .middle(seconds: 4)).decode(
            path: folder.path("a.flac"))
        #expect(audio.samples.count == 22050 * 4)
        #expect(abs(audio.excerptStartSeconds - 8) < 0.01)
        #expect(
            abs(audio.samples[0] - 0.4) < 0.002 && abs(audio.samples[22050 * 4 - 1] - 0.6) < 0.002)
    }

    @Test func resamplingKeepsPitchAndLength() throws {
        let folder = try TemporaryFolder()
        let fast = (0..<48000).map { Float(0.5 * sin(2 * .pi * 1000 * Double($0) / 48000)) }
        try AudioFileWriter.write(
            samples: fast, sampleRate: 48000, tags: AudioTags(), to: folder.path("a.wav"))
        let audio = try AudioDecoder().decode(path: folder.path("a.wav"))
        #expect(abs(audio.samples.count - 22050) <= 32)
        for i in 2000..<20000 {
            #expect(
                abs(audio.samples[i] - Float(0.5 * sin(2 * .pi * 1000 * Double(i) / 22050))) < 0.01)
        }
    }

    @Test func badFilesAreToldApart() throws {
        let folder = try TemporaryFolder()
        func write(_ name: String, _ data: Data) throws {
            try data.write(to: folder.url.appendingPathComponent(name))
        }
        try write("empty.mp3", Data())
        try write("text.mp3", Data("this is no music, but there is a good deal of it\n".utf8))
        try AudioFileWriter.write(
            samples: sine, sampleRate: 22050, tags: AudioTags(), to: folder.path("whole.flac"))
        let whole = try Data(contentsOf: folder.url.appendingPathComponent("whole.flac"))
        try write("half.flac", whole.prefix(whole.count / 2))
        try write("stub.flac", whole.prefix(20))
        mkfifo(folder.path("pipe.mp3"), 0o644)
        let decoder = AudioDecoder()
        #expect(throws: AudioError.empty) { try decoder.decode(path: folder.path("empty.mp3")) }
        #expect(throws: AudioError.self) { try decoder.decode(path: folder.path("text.mp3")) }
        #expect(throws: AudioError.self) { try decoder.decode(path: folder.path("stub.flac")) }
        #expect(throws: AudioError.notAFile) { try decoder.decode(path: folder.path("pipe.mp3")) }
        #expect(throws: AudioError.notAFile) { try decoder.decode(path: folder.url.path) }
        #expect(throws: AudioError.self) { try decoder.decode(path: folder.path("absent.mp3")) }
        let half = try decoder.decode(path: folder.path("half.flac"))
        #expect(half.samples.count > 10_000 && half.samples.count < sine.count)
        #expect(!half.warnings.isEmpty)
    }

    @Test func flippedBytesNeverCrash() throws {
        let folder = try TemporaryFolder()
        try AudioFileWriter.write(
            samples: sine, sampleRate: 22050, tags: AudioTags(), to: folder.path("a.flac"))
        let whole = try Data(contentsOf: folder.url.appendingPathComponent("a.flac"))
        var generator = SeededGenerator(seed: 9)
        for round in 0..<60 {
            var data = whole
            for _ in 0..<1 + round {
                data[generator.integer(below: data.count)] = UInt8(generator.integer(below: 256))
            }
            try data.write(to: folder.url.appendingPathComponent("b.flac"))
            if let audio = try? AudioDecoder().decode(path: folder.path("b.flac")) {
                #expect(audio.samples.allSatisfy { $0.isFinite })
            }
        }
    }
}
