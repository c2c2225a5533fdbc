import AudioFeatures
import Foundation
import Testing

/// One second of a scale in every format, tagged as Picard tags it: `Golden/make_tagged.py`.
@Suite struct TaggedFilesTests {
    static let names = [
        "v23.mp3", "v24.mp3", "aac.m4a", "alac.m4a", "24-bit-96-kHz.flac", "vorbis.ogg",
        "opus.opus",
        "wma.wma", "wavpack.wv", "8-bit-8-kHz.wav", "float-6-channels.wav", "24-bit.wav",
        "32-bit.wav", "192-kHz.wav", "16-bit.aiff",
    ]

    func decode(_ name: String) throws -> DecodedAudio {
        let url = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        return try AudioDecoder().decode(path: url.appendingPathComponent("tagged/\(name)").path)
    }

    @Test(arguments: names) func tagsHaveOneMeaningInEveryFormat(name: String) throws {
        let audio = try decode(name)
        let tags = audio.tags
        #expect(tags.title == "Täst / Title")
        // ASF keeps no order of a tag's values.
        func list(_ values: [String]) -> [String] {
            name == "wma.wma" ? values.sorted() : values
        }
        #expect(list(tags.artists) == ["One", "Two"])
        #expect(tags.albumArtist == "Various" && tags.album == "The Album")
        #expect(tags.trackNumber == 3 && tags.discNumber == 1)
        #expect(tags.year == 1998)
        #expect(list(tags.genres) == list(["dub", "ambient"]))
        #expect(tags.recordingMBID == "b1a9c0e9-d987-4042-ae91-78d6a3267d69")
        #expect(tags.releaseMBID == "d6010be3-98f8-422c-a6c9-787e2e491e58")
        #expect(
            list(tags.artistMBIDs)
                == list([
                    "e1f1e33e-2e4c-4d43-b91b-7064068d3283", "70047b2a-b1e1-4f2b-9b6c-1d5f2d5f2f11",
                ]))
        #expect(tags.isrc == "DEAB12345678")
        #expect(abs((tags.trackGain ?? 0) + 7.03) < 0.01)
        // A tag in WavPack's form holds no picture here.
        #expect(audio.hasCover || name == "wavpack.wv")
    }

    /// The scale's four notes are heard in their order, whatever the rate, depth and number of channels.
    @Test(arguments: names) func theSoundIsTheSameInEveryFormat(name: String) throws {
        let audio = try decode(name)
        #expect(abs(audio.samples.count - 22050) < 2400)
        #expect(audio.warnings.isEmpty)
        for (i, pitch) in [220.0, 247, 277, 294].enumerated() {
            let part = audio.samples[(i * 5512 + 1200)..<min(audio.samples.count, i * 5512 + 4700)]
            func power(_ frequency: Double) -> Double {
                var (re, im) = (0.0, 0.0)
                for (n, x) in zip(part.indices, part) {
                    re += Double(x) * cos(2 * .pi * frequency * Double(n) / 22050)
                    im += Double(x) * sin(2 * .pi * frequency * Double(n) / 22050)
                }
                return re * re + im * im
            }
            #expect(power(pitch) > 4 * max(power(pitch * 1.12), power(pitch / 1.12)))
        }
    }

    @Test func oneBitAudioIsHeard() throws {
        let audio = try decode("dsd.dsf")
        #expect(audio.tags.title == "Täst / Title" && audio.codec.hasPrefix("dsd"))
        let level = audio.samples.reduce(0) { $0 + $1 * $1 } / Float(audio.samples.count)
        #expect(abs(level.squareRoot() - 0.4 * Float(0.5).squareRoot()) < 0.03)
    }

    @Test func junkBeforeAndAfterAnMP3IsPassedOver() throws {
        let url = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        let clean = try Data(contentsOf: url.appendingPathComponent("tagged/v24.mp3"))
        let junk = Data((0..<3000).map { UInt8(truncatingIfNeeded: ($0 * $0 * 31) >> 5) & 0x7F })
        let folder = try TemporaryFolder()
        try (junk + clean + junk).write(to: folder.url.appendingPathComponent("junk.mp3"))
        let audio = try AudioDecoder().decode(path: folder.path("junk.mp3"))
        #expect(abs(audio.samples.count - 22050) < 4000)
    }
}
