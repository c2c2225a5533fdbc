import Foundation
import Matrices
import Testing

@testable import AudioFeatures

@Suite struct ExcerptTests {
    let rate = 22050

    /// Noise, or silence, for so many seconds each.
    func signal(_ parts: [(seconds: Double, level: Double)]) -> [Float] {
        var generator = SeededGenerator(seed: 1)
        return parts.flatMap { part in
            (0..<Int(part.seconds * Double(rate))).map { _ in
                Float(generator.normal() * part.level)
            }
        }
    }

    func decode(_ parts: [(seconds: Double, level: Double)], _ excerpt: Excerpt = .standard) throws
        -> DecodedAudio
    {
        let folder = try TemporaryFolder()
        let path = folder.path("a.flac")
        try AudioFileWriter.write(
            samples: signal(parts), sampleRate: rate, tags: AudioTags(), to: path)
        return try AudioDecoder(excerpt: excerpt).decode(path: path)
    }

    @Test func silenceAtTheEndsOfAShortSongIsCutOff() throws {
        let audio = try decode([(2, 0), (10, 0.1), (3, 0)])
        #expect(abs(audio.excerptStartSeconds - 2) < 0.11)
        #expect(abs(Double(audio.samples.count) / Double(rate) - 10) < 0.21)
        #expect(audio.audibleShare > 0.98 && abs(audio.durationSeconds - 15) < 0.01)
    }

    @Test func anExcerptMovesAwayFromTheSilenceBeforeAHiddenTrack() throws {
        // The middle of 100 s is silent; 40 s of song lie before it, 20 s after.
        let audio = try decode([(40, 0.1), (40, 0), (20, 0.1)])
        #expect(audio.excerptStartSeconds <= 10.1 && audio.audibleShare > 0.99)
        #expect(audio.samples.count == 30 * rate)
    }

    @Test func fullSongsKeepTheirMiddle() throws {
        let audio = try decode([(1, 0), (60, 0.1), (1, 0)])
        #expect(abs(audio.excerptStartSeconds - 16) < 0.01)
    }

    @Test func silenceIsHeardAsSuch() throws {
        let audio = try decode([(12, 0)])
        #expect(audio.audibleShare == 0 && audio.samples.count == 12 * rate)
    }

    @Test func wholeSongsAndLongMixes() throws {
        #expect(try decode([(50, 0.1)], .whole).samples.count == 50 * rate)
        let spans = Excerpt.whole.spans(duration: 36_000)
        #expect(spans.count == 20 && spans[0].start == 0)
        #expect(abs(spans[19].start + spans[19].seconds - 36_000) < 1e-6)
        #expect(spans.reduce(0) { $0 + $1.seconds } == 600)
    }

    @Test func aLongFileIsJumpedInAndHeardAtTheRightPlace() throws {
        // A ramp tells where a sample comes from. 7 min of 16-bit mono are more than nothing, but less than what is hashed;
        // reading without the hash jumps.
        let folder = try TemporaryFolder()
        let count = rate * 420
        let ramp = (0..<count).map { Float($0) / Float(count) }
        for format in ["wav", "flac"] {
            let path = folder.path("ramp.\(format)")
            try AudioFileWriter.write(samples: ramp, sampleRate: rate, tags: AudioTags(), to: path)
            let heard = try AudioStream(path: path).read(
                Span(start: 210, seconds: 3), sampleRate: rate)
            #expect(heard.samples.count == 3 * rate)
            #expect(abs(heard.samples[0] - 0.5) < 0.001, "\(format) \(heard.samples[0])")
        }
    }

    @Test func hashWithoutDecodingIsTheSame() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.flac")
        var tags = AudioTags()
        tags.title = "A"
        try AudioFileWriter.write(
            samples: signal([(5, 0.1)]), sampleRate: rate, tags: tags, to: path)
        let inspected = try AudioDecoder().inspect(path: path)
        let decoded = try AudioDecoder().decode(path: path)
        #expect(inspected.contentHash == decoded.contentHash && inspected.tags == tags)
        let hearing = try LocalHearing()
        let known = HearingRequest(path: path, known: [decoded.contentHash])
        #expect(try hearing.hear(known).spectrogram == nil)
        #expect(try hearing.hear(HearingRequest(path: path, known: ["x"])).spectrogram != nil)
    }

    @Test func audibilityByHand() {
        let blocks = [false, false, true, true, true, false, false, false, true, false]
        let audibility = Audibility(blocks: blocks)
        #expect(audibility.share == 0.4 && audibility.extent == 2..<9)
        #expect(audibility.best(length: 3)?.start == 2)
        #expect(audibility.best(length: 3)?.share == 1)
        // Ties go to what is nearest to the middle of 2..<9.
        #expect(audibility.best(length: 1)?.start == 4)
        #expect(Audibility(blocks: [false]).best(length: 1) == nil)
        #expect(Audibility([], sampleRate: 100).share == 0)
    }

    @Test func textsOfExcerpts() {
        #expect(Excerpt(text: "30") == .standard && Excerpt(text: "whole") == .whole)
        for text in ["2", "601", "nan", "-5", "all", ""] { #expect(Excerpt(text: text) == nil) }
        #expect(Excerpt.middle(seconds: 12.5).text == "12.5" && Excerpt.standard.text == "30")
    }
}
