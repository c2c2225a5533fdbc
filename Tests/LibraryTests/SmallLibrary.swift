import CollaborativeFiltering
import Foundation
import Matrices

@testable import Library

/// A library without audio: 30 songs by ten artists in three styles, listeners who each keep to one style, and predictions as
/// a network might give them.
final class SmallLibrary {
    let place: ImportStageTests.Place
    var catalogue: Catalogue { place.catalogue }

    /// Song s is of style s % 3, by artist s % 10; the last five have no plays.
    static let songs = 30
    static let played = 25
    /// Another file of "Song 3", remastered and louder.
    static let version = 31

    init() throws {
        place = try ImportStageTests.Place()
        try catalogue.database.write { database in
            for s in 0..<Self.songs {
                var track = Self.track(s)
                try track.insert(database)
            }
            var copy = Self.track(3)
            copy.path = "/music/copy.flac"
            copy.contentHash = "hash of the copy"
            copy.recording = copy.contentHash
            try copy.insert(database)
        }
        var lines = ["user,artist,title,count"]
        for listener in 0..<18 {
            let style = listener % 3
            for s in 0..<Self.played where s % 3 == style && (s + listener) % 5 != 0 {
                lines.append("l\(listener),Artist \(s % 10),Song \(s),\(1 + (s + listener) % 4)")
            }
        }
        _ = try place.add(lines.joined(separator: "\n") + "\n")
        try build()
    }

    static func track(_ s: Int) -> Track {
        var track = Track(
            path: "/music/\(s).flac", relativePath: "\(s).flac", stem: "\(s)", size: 1, modified: 0,
            contentHash: "hash \(s)", title: "Song \(s)", artist: "Artist \(s % 10)",
            genres: ["rock", "jazz", "folk"][s % 3], matchKey: "", codec: "flac", channels: 2,
            sampleRate: 44100, durationSeconds: Double(100 + 10 * s), excerptStartSeconds: 0,
            shard: 0, shardOffset: 0, frames: 600, padded: false, warnings: "", missing: false,
            artistMBIDs: "", hasCover: false, excerpt: "30", audibleShare: 1, kind: .song,
            recording: "hash \(s)", compared: true)
        track.album = "Album \(s % 10)"
        track.year = 1970 + s
        var tags = track
        tags.matchKey = "artist \(s % 10)\u{1F}song \(s)"
        return tags
    }

    /// Factorises, and writes predictions: songs with plays where these put them, those without beside their style's others.
    func build() throws {
        var settings = FactorizationConfiguration.catalogue
        settings.dimensions = 8
        settings.regularization = 1
        _ = try FactorizeStage(
            catalogue, settings: FactorizeSettings(settings, automatic: []),
            context: StageContext(threads: 1)
        ).run()
        let factors = try catalogue.storedFactors(for: "test")
        let row = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        let tracks = try catalogue.tracks()
        var blended = Matrix(rows: tracks.count, columns: 8)
        for (i, track) in tracks.enumerated() {
            let near = row[.track(track.id ?? 0)] ?? row[.track(Int64(1 + i % 3 + 3 * (i % 4)))]
            guard let near else { continue }
            // No two songs lie at one point.
            let values = factors.factors.songs.row(near).enumerated().map {
                $1 + 0.001 * Float((i * ($0 + 3)) % 7)
            }
            blended.setRow(i, to: values)
        }
        var fromPlays = blended
        for i in fromPlays.storage.indices { fromPlays.storage[i] *= 0.75 }
        let manifest = Manifest(
            stage: StageName.predict.rawValue, inputDigest: "test",
            inputs: ["factorize": factors.run, "train": "none"], configuration: "{}", metrics: [:],
            created: isoNow(), seconds: 0)
        _ = try catalogue.finishRun(.predictions, manifest: manifest) { folder in
            for (name, matrix) in [
                ("songs", blended), ("blended", blended), ("plays", fromPlays),
            ] {
                try ArrayFile.write(matrix, to: folder.appendingPathComponent("\(name).npy"))
            }
            try LineFile.write(
                tracks.map { String($0.id ?? 0) }, to: folder.appendingPathComponent("songs.txt"))
            try LineFile.write(
                tracks.map(\.contentHash), to: folder.appendingPathComponent("sounds.txt"))
        }
    }
}
