import AudioFeatures
import Foundation
import Matrices
import Testing

@testable import Library

@Suite struct RecordingsTests {
    /// Notes of random pitch and length; the same seed gives the same music.
    func music(seed: UInt64, seconds: Double = 20, gain: Float = 0.3) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        var samples: [Float] = []
        while Double(samples.count) < seconds * 22050 {
            let pitch = 110 * pow(2, Double(generator.integer(below: 48)) / 12)
            let length = Int(22050 * (0.1 + 0.5 * generator.uniform()))
            let level = gain * Float(0.2 + 0.8 * generator.uniform())
            samples += (0..<length).map {
                level * Float(sin(2 * .pi * pitch * Double($0) / 22050))
                    * exp(-4 * Float($0) / Float(length))
            }
        }
        return samples
    }

    func write(_ samples: [Float], _ name: String, _ folder: ScanFolder, title: String) throws {
        var tags = AudioTags()
        tags.title = title
        try AudioFileWriter.write(
            samples: samples, sampleRate: 22050, tags: tags,
            to: folder.music.appendingPathComponent(name).path)
    }

    @Test func oneRecordingInTwoFormatsIsNoticedAndTitlesAreNotTrusted() throws {
        let folder = try ScanFolder()
        try write(music(seed: 1), "a.flac", folder, title: "Song")
        // Another format, quieter, a tenth of a second later, under another name.
        let delayed = [Float](repeating: 0.002, count: 2205) + music(seed: 1, gain: 0.12)
        try write(delayed, "b.wav", folder, title: "Something else")
        try write(music(seed: 2), "c.flac", folder, title: "Song")
        let report = try folder.scan()
        #expect(report.added == 3 && report.duplicates == 1)
        let tracks = try folder.catalogue.tracks()
        #expect(tracks[0].recording == tracks[1].recording)
        #expect(tracks[0].contentHash != tracks[1].contentHash)
        #expect(tracks[2].recording == tracks[2].contentHash)
        // A copy in a third format joins later.
        try write(music(seed: 1, gain: 0.2), "d.wav", folder, title: "Third")
        #expect(try folder.scan().duplicates == 2)
        #expect(Set(try folder.catalogue.tracks().map(\.recording)).count == 2)
    }

    /// Two songs over one beat at one loudness are two songs.
    @Test func anotherMelodyOverTheSameBeatIsAnotherRecording() throws {
        func song(_ seed: UInt64) -> [Float] {
            var generator = SeededGenerator(seed: seed)
            var noise = SeededGenerator(seed: 99)
            return (0..<80).flatMap { beat -> [Float] in
                let pitch = 220 * pow(2, Double(generator.integer(below: 24)) / 12)
                return (0..<5512).map { i in
                    let fade = exp(-6 * Float(i) / 5512)
                    let drum = Float(noise.normal()) * (beat % 2 == 0 ? 0.2 : 0.02) * fade * fade
                    return drum + 0.3 * fade * Float(sin(2 * .pi * pitch * Double(i) / 22050))
                }
            }
        }
        let folder = try ScanFolder()
        for seed in 1...4 { try write(song(UInt64(seed)), "\(seed).flac", folder, title: "Song") }
        #expect(try folder.scan().duplicates == 0)
    }

    @Test func tracksThatAKilledScanLeftAreComparedByTheNext() throws {
        let folder = try ScanFolder()
        try write(music(seed: 1), "a.flac", folder, title: "A")
        _ = try folder.scan()
        try write(music(seed: 1, gain: 0.2), "b.wav", folder, title: "B")
        _ = try folder.scan()
        // As a scan leaves them that was killed after its last batch.
        try folder.catalogue.database.write {
            try $0.execute(sql: "UPDATE track SET recording = contentHash, compared = 0")
        }
        #expect(try folder.scan().duplicates == 1)
    }

    @Test func signaturesSurviveTheCatalogue() throws {
        let signature = (0..<Fingerprint.length).map { Float($0 - 60) / 700 }
        let data = try #require(SignatureBytes.data(signature))
        let back = SignatureBytes.floats(data)
        let scale = back[255] / signature[255]
        #expect(zip(signature, back).allSatisfy { abs($0 * scale - $1) <= 0.51 })
        #expect(SignatureBytes.data(Array(repeating: 0, count: 128)) == nil)
    }

    @Test func playsOfBothFilesCountForOneSong() throws {
        let folder = try ScanFolder()
        try write(music(seed: 1), "a.flac", folder, title: "A")
        try write(music(seed: 1, gain: 0.2), "b.wav", folder, title: "B")
        _ = try folder.scan()
        let listens = folder.root.appendingPathComponent("listens.tsv")
        try Data("ann\ta\t2\nann\tb\t3\n".utf8).write(to: listens)
        _ = try ImportStage(folder.catalogue, context: StageContext(threads: 1)).run(
            file: listens, format: nil, listener: nil)
        let data = try folder.catalogue.tasteData()
        #expect(data.songs.count == 1 && data.plays.values == [5])
        #expect(try folder.catalogue.history(of: "ann").map(\.count) == [5])
    }
}
