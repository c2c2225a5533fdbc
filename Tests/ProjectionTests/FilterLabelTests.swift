import Foundation
import Matrices
import Testing

@testable import Projection

@Suite struct FilterLabelTests {
    /// The library's bands: Slaney mels, 128 up to 11,025 Hz.
    static let bands: [Double] = (1...128).map { band in
        let mel = (15 + log(11.025) / (log(6.4) / 27)) * Double(band) / 129
        return mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15))
    }

    /// A bump over bands around `hertz`, with a weight for each frame.
    static func filter(_ hertz: Double, width: Double, frames: [Float] = [1, 1, 1, 1]) -> Matrix {
        let above = bands.firstIndex { $0 >= hertz } ?? 127
        let place =
            Double(above) - (bands[above] - hertz) / (bands[above] - bands[max(0, above - 1)])
        var filter = Matrix(rows: frames.count, columns: 128)
        for frame in frames.indices {
            for band in 0..<128 {
                let distance = (Double(band) - place) / width
                filter[frame, band] = frames[frame] * Float(exp(-distance * distance / 2))
            }
        }
        return filter
    }

    @Test(arguments: [
        (440.0, "A4"), (523.25, "C5"), (659.26, "E5"), (880, "A5"), (1479.98, "F♯6"),
        (3520, "A7"),
    ])
    func tonesAreNamed(hertz: Double, note: String) {
        let label = FilterLabel(Self.filter(hertz, width: 0.8), bands: Self.bands)
        #expect(label.shape == .tone && label.note == note)
        #expect(abs(label.cents ?? 99) <= 20 && abs(label.centre / hertz - 1) < 0.02)
        #expect(label.text == "\(note) tone, sustained" && label.evidence.contains("cents"))
    }

    @Test func lowTonesGetNoNote() {
        let label = FilterLabel(Self.filter(110, width: 0.8), bands: Self.bands)
        #expect(label.shape == .tone && label.note == nil)
        #expect(label.text.hasPrefix("tone at 1") && label.evidence.contains("wider than"))
    }

    @Test func bandsAndTheirCourseInTime() {
        func label(_ frames: [Float], width: Double = 8) -> FilterLabel {
            FilterLabel(Self.filter(2000, width: width, frames: frames), bands: Self.bands)
        }
        #expect(label([-1, -1, 1, 1]).course == .onset && label([0, 0, 1, 1]).course == .onset)
        #expect(label([1, 1, -1, -1]).course == .release)
        #expect(label([1, 0.8, 1, 0.9]).course == .sustained)
        #expect(label([1, -1, 1, -1]).course == .mixed)
        let band = label([1, 1, 1, 1])
        #expect(band.shape == .band && band.note == nil)
        #expect(band.low < 2000 && band.high > 2000 && band.low > 1000 && band.high < 4000)
        #expect(label([1, 1, 1, 1], width: 60).shape == .broad)
    }

    @Test func whatHasNoShapeIsCalledThat() {
        let noise = FilterLabel(normal(4, 128), bands: Self.bands)
        #expect(noise.shape == .unshaped && noise.text == "no clear shape")
        #expect(noise.evidence.contains("random"))
        let dead = FilterLabel(Matrix(rows: 4, columns: 128), bands: Self.bands)
        #expect(dead.shape == .unshaped)
        let negative = FilterLabel(
            Self.filter(880, width: 1, frames: [-1, -1, -1, -1]), bands: Self.bands)
        #expect(negative.shape == .unshaped)
    }

    @Test func overRepresentationAgainstAKnownUrn() {
        // 20 songs, 5 marked, 4 drawn: at least 3 marked is (10 · 15 + 5) / 4845.
        #expect(
            abs(Hypergeometric.atLeast(3, drawn: 4, marked: 5, of: 20) - 155.0 / 4845) < 1e-12)
        #expect(Hypergeometric.atLeast(0, drawn: 4, marked: 5, of: 20) > 1 - 1e-9)
        #expect(Hypergeometric.atLeast(5, drawn: 4, marked: 5, of: 20) == 0)
    }

    @Test func enrichedTagsAreFoundAndChanceIsNot() throws {
        let dub = Enrichment.Tag(kind: "genre", value: "Dub")
        let folk = Enrichment.Tag(kind: "genre", value: "Folk")
        let tags = (0..<200).map { Set([$0 % 10 == 0 ? dub : folk]) }
        let best = [
            (0..<15).map { $0 * 10 }, (0..<20).map { $0 * 10 + 1 }, Array(0..<20), [],
        ]
        let found = Enrichment.find(best, tags: tags)
        #expect(found[0].map(\.value) == ["Dub"])
        #expect(found[0][0].found == 15 && found[0][0].known == 20 && found[0][0].tests == 6)
        #expect(found[0][0].q < 1e-10 && found[0][0].q >= found[0][0].p)
        #expect(found[0][0].evidence.contains("15 of its 15 best songs, 20 of all 200"))
        // Unit 1 has 20 of the 180 folk songs and 20 draws: p = 0.1, nothing.
        #expect(found[1].isEmpty && found[2].isEmpty && found[3].isEmpty)
        var generator = SeededGenerator(seed: 1)
        let random = (0..<500).map { _ in
            (0..<20).map { _ in Int(generator.next() % 200) }
        }
        #expect(Enrichment.find(random, tags: tags).count { !$0.isEmpty } <= 5)
    }

    /// A library of rap and folk in three languages: a unit whose best songs are Spanish rap is called so, one of folk by its genre alone.
    @Test func languagesAreNamedBesideGenres() {
        func tag(_ kind: String, _ value: String) -> Enrichment.Tag {
            .init(kind: kind, value: value)
        }
        let tags = (0..<300).map { i in
            Set([
                tag("genre", i % 2 == 0 ? "rap" : "folk"),
                tag("language", ["English", "Spanish", "German"][i / 2 % 3]),
                tag("artist", "\(i / 10)"), tag("years", "\(1980 + i % 40 / 10 * 10)s"),
            ])
        }
        let spanishRap = tags.indices.filter {
            tags[$0].contains(tag("genre", "rap")) && tags[$0].contains(tag("language", "Spanish"))
        }
        let folk = tags.indices.filter { $0 % 2 == 1 }
        let german = tags.indices.filter { tags[$0].contains(tag("language", "German")) }
        let found = Enrichment.find(
            [
                Array(spanishRap.shuffledBySeed().prefix(20)),
                Array(folk.shuffledBySeed().prefix(20)),
                Array(german.shuffledBySeed().prefix(20)), Array(0..<20), [],
            ], tags: tags)
        #expect(Enrichment.words(found[0]) == "rap, Spanish")
        #expect(Enrichment.words(found[1]) == "folk")
        #expect(Enrichment.words(found[2]) == "German")
        // Two artists' songs, of every genre and language.
        #expect(found[3].first?.kind == "artist" && Enrichment.words(found[3]) != nil)
        #expect(Enrichment.words(found[4]) == nil)
        let spanish = found[0].first { $0.kind == "language" }
        #expect(
            spanish?.evidence.hasPrefix("language Spanish: 20 of its 20 best songs, 100 of all 300")
                == true)
    }

    @Test func stripsShowTheMomentLowAtTheFoot() throws {
        var mel = Matrix(rows: 100, columns: 128)
        for frame in 50..<60 { mel[frame, 0] = 5 }
        let cells = SpectrogramStrip.means(mel, frames: 0..<100, width: 10, height: 128)
        #expect(cells[127 * 10 + 5] == 5 && cells.reduce(0, +) == 5)
        let beyond = SpectrogramStrip.means(mel, frames: -50..<150, width: 20, height: 32)
        #expect(beyond[31 * 20 + 10] > 0 && beyond.count { $0 > 0 } == 1)
        let png = SpectrogramStrip.png(mel, frames: 0..<100, width: 100, height: 40)
        #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) && png.count < 600)
        #expect(png[24] == 4 && png[25] == 3)
    }
}

extension [Int] {
    /// In another order, always the same.
    fileprivate func shuffledBySeed() -> [Int] {
        var generator = SeededGenerator(seed: 5)
        return map { ($0, generator.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
