import AudioFeatures
import Foundation
import Testing

/// Files of every format with a language tag: `Golden/make_languages.py`.
@Suite struct LanguageTests {
    static let expected: [(name: String, languages: [String])] = [
        ("v23.mp3", ["English", "French"]), ("v24.mp3", ["Japanese", "English"]),
        ("none.mp3", []), ("aac.m4a", ["German"]), ("untagged.m4a", []),
        ("flac.flac", ["Spanish", "Basque"]), ("vorbis.ogg", ["Portuguese"]), ("opus.opus", []),
        ("wma.wma", ["French"]), ("wavpack.wv", ["German"]), ("wav.wav", ["Icelandic"]),
        // What no code or name tells stays as it was written.
        ("aiff.aiff", ["High Quenya"]),
    ]

    @Test(arguments: expected) func languagesHaveOneNameInEveryFormat(
        name: String, languages: [String]
    ) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        let audio = try AudioDecoder().inspect(
            path: url.appendingPathComponent("languages/\(name)").path)
        #expect(audio.tags.languages == languages)
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        var tags = AudioTags()
        tags.languages = ["Spanish", "Xhosa"]
        try AudioFileWriter.write(
            samples: [Float](repeating: 0.1, count: 4410), sampleRate: 22050, tags: tags,
            to: folder.path("a.flac"))
        let read = try AudioDecoder().inspect(path: folder.path("a.flac")).tags.languages
        #expect(read == ["Spanish", "Xhosa"])
    }
}
