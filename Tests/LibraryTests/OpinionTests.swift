import CollaborativeFiltering
import Foundation
import ListeningHistory
import Matrices
import Testing

@testable import Library

/// What listeners say of songs, by words and by skipping, beside what they play.
@Suite struct OpinionTests {
    typealias Place = ImportStageTests.Place

    static func spotify(_ title: String, second: Int, skipped: Bool) -> String {
        let time = String(format: "2023-05-01T10:%02d:%02dZ", second / 60, second % 60)
        return
            #"{"ts": "\#(time)", "username": "ann", "ms_played": \#(skipped ? 3000 : 200_000), "master_metadata_track_name": "\#(title)", "master_metadata_album_artist_name": "A", "reason_end": "\#(skipped ? "fwdbtn" : "trackdone")"}"#
    }

    @Test func aLovedSongIsAPlayedOne() throws {
        let place = try Place()
        _ = try place.add("user,artist,title,mbid,count\nann,A,S,,2\nbob,A,L,m1,1\n")
        let love = #"{"recording_mbid": "m1", "score": 1, "created": 1600000000}"#
        _ = try place.add(love, listener: "ann")
        #expect(try place.plays() == ["ann A - S 2", "ann A - L 1", "bob A - L 1"])
        let data = try place.catalogue.tasteData()
        #expect(data.plays.count == 3)
        // Nobody played it, and the listener nothing else.
        _ = try place.add(love.replacingOccurrences(of: "m1", with: "m2"), listener: "cleo")
        let more = try place.catalogue.tasteData()
        #expect(more.listeners == ["ann", "bob", "cleo"] && more.songs.count == 3)
        // What is said is no listen.
        #expect(try place.catalogue.playCounts().plays == 3)
        #expect(try place.catalogue.playCounts().songs == 2)
        // Taken back.
        _ = try place.add(
            #"{"recording_mbid": "m1", "score": 0, "created": 1700000000}"#, listener: "ann")
        #expect(try place.catalogue.tasteData().plays.count == 3)
        #expect(try place.catalogue.history(of: "ann").map(\.count) == [2])
    }

    @Test func skipsAreKeptOnceAndCountAgainstSongsNotPlayed() throws {
        let place = try Place()
        let rows =
            [
                Self.spotify("Played", second: 0, skipped: false),
                Self.spotify("Played", second: 1, skipped: true),
                Self.spotify("Skipped", second: 2, skipped: true),
                Self.spotify("Skipped", second: 3, skipped: true),
                Self.spotify("Nobody's", second: 4, skipped: true),
            ].joined(separator: "\n")
        let report = try place.add(rows)
        #expect(report.rows == 1 && report.imported == 1)
        #expect(report.skips == 4 && report.newSkips == 4 && report.filtered == 4)
        let revision = try place.catalogue.revision("plays")
        #expect(try place.add(rows).newSkips == 0)
        #expect(try place.catalogue.revision("plays") == revision)
        _ = try place.add("user,artist,title,count\nbob,A,Skipped,5\n")

        let data = try place.catalogue.tasteData()
        #expect(data.songs.count == 2)
        let settings = FactorizationConfiguration.catalogue
        let against = try #require(try place.catalogue.dislikes(data, settings))
        // Only the song that ann skipped and never played, as much as two plays.
        #expect(against.count == 1 && against.range(ofRow: 0).count == 1)
        #expect(against.values == [settings.confidence(of: 2) - 1])
    }

    /// More skips than ``Catalogue/playsOfDislike`` weigh no more than hate.
    @Test func skipsNeverOutweighHate() {
        let settings = FactorizationConfiguration.catalogue
        #expect(Catalogue.weight(ofSkips: 1, settings) < Catalogue.weight(settings))
        #expect(Catalogue.weight(ofSkips: 1000, settings) == Catalogue.weight(settings))
    }

    /// A song that a listener skips gets a lower score for them than for others of the same taste.
    @Test func skippingMovesTheTaste() throws {
        let place = try Place()
        var lines = ["user,artist,title,count"]
        for who in ["ann", "bob"] + (0..<38).map({ "x\($0)" }) {
            lines += (0..<4).map { "\(who),A,S\($0),3" }
            if who.hasPrefix("x") { lines.append("\(who),A,Skipped,3") }
        }
        _ = try place.add(lines.joined(separator: "\n"))
        let skips = (0..<5).map { Self.spotify("Skipped", second: $0, skipped: true) }
        _ = try place.add(skips.joined(separator: "\n"))
        _ = try FactorizeStage(place.catalogue, context: StageContext(threads: 1)).run()
        let stored = try place.catalogue.storedFactors(for: "test")
        let names = try place.catalogue.history(of: "x0")
        let song = try #require(names.first { $0.name == "A - Skipped" }?.song)
        let column = try #require(stored.songs.firstIndex(of: song))
        func score(_ row: Int) -> Float {
            dot(stored.factors.listeners.row(row), stored.factors.songs.row(column))
        }
        #expect(stored.listeners.prefix(2) == ["ann", "bob"])
        #expect(score(0) < score(1) - 0.1)
    }
}
