import Foundation
import Testing

@testable import ColdwaveServer
@testable import Library

/// Against `JSONEncoder`, which writes all other answers.
@Suite struct JSONTextTests {
    private func expected(_ list: SuggestionList) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(list), as: UTF8.self)
    }

    private func song(_ title: String, _ bare: Bool) -> SongView {
        SongView(
            ListedSong(
                id: 7, title: title, artist: "A/B", album: bare ? nil : "al\"bum",
                genres: bare ? "" : " rock; pop ;", path: "/music/ö.flac",
                year: bare ? nil : 1999, durationSeconds: bare ? 200 : 61.237, hasCover: bare,
                kind: bare ? .interlude : .song, missing: false, plays: 12),
            showsPath: !bare)
    }

    private func view(_ title: String, _ score: Float, _ numbers: [Double]) -> SuggestionView {
        let bare = numbers.isEmpty
        let parts = numbers.enumerated().map {
            Reasons.Part(listener: "ann", song: "song \($0)", share: $1)
        }
        return SuggestionView(
            rank: 1, score: score, track: song(title, bare), because: bare ? [] : ["a\tb", title],
            reasons: bare
                ? nil
                : ReasonsView(
                    Reasons(
                        parts: parts, fromPlays: numbers.first, fromSound: numbers.last,
                        heard: [
                            HeardFilter(unit: "conv1/3", label: "low", second: 1.25, deviations: 2)
                        ])))
    }

    @Test func writesWhatTheEncoderWrites() throws {
        let texts = [
            "plain", "", "\"\\/", "\u{0}\u{1}\u{8}\u{9}\u{A}\u{C}\u{D}\u{1F}\u{7F}",
            "naïve 音 🎵 e\u{301}",
            "\u{2028}",
        ]
        let scores: [Float] = [
            0, -0.0, 1, -1.5, 0.1, 1e-7, 1e7, 1.234_567_8e20, .greatestFiniteMagnitude, .infinity,
            -.infinity, .nan, .leastNonzeroMagnitude, 16_777_216, 0.000_123,
        ]
        let numbers: [Double] = [
            0, 1, -2, 0.1, 1.0 / 3, 1e-9, 1e15, 1e16, 1e17, 1e300, 123_456_789.125, .infinity,
        ]
        var list = SuggestionList(listener: "l\"0", suggestions: [])
        func check() throws {
            var text = JSONText(capacity: 0)
            list.write(to: &text)
            #expect(String(decoding: text.bytes, as: UTF8.self) == (try expected(list)))
        }
        try check()
        list = SuggestionList(
            listener: nil,
            suggestions: texts.flatMap { title in
                scores.map { view(title, $0, numbers) } + [view(title, 1, []), view(title, 1, [2])]
            })
        try check()
    }
}
