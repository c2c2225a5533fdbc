import Foundation
import Testing

@testable import Library

@Suite struct SeedSongsTests {
    let library: SmallLibrary
    let recommender: Recommender

    init() throws {
        library = try SmallLibrary()
        recommender = try Recommender(library.catalogue)
    }

    @Test func anArtistsNeighboursAreOthers() throws {
        let seeds = try recommender.seeds(artist: "artist 4")
        #expect(seeds.places.rows == 3)
        let list = try recommender.similar(to: seeds, count: 10)
        #expect(list.count == 10 && !list.contains { $0.track.artist == "Artist 4" })
        let album = try recommender.seeds(album: "Artist 4 - Album 4")
        #expect(album.places == seeds.places)
        #expect(try recommender.seeds(album: "album 4").places == seeds.places)
    }

    @Test func severalSongsAreNearTheirStyle() throws {
        let seeds = try recommender.seed("Song 4").adding(recommender.seed("Song 7"))
        let list = try recommender.similar(to: seeds, count: 4)
        #expect(try list.allSatisfy { try recommender.track($0.track.id)?.genres == "jazz" })
        let away = try recommender.similar(
            to: seeds, unlike: recommender.seed("Song 10"), count: 30)
        #expect(!away.contains { $0.track.title == "Song 10" })
        #expect(throws: LibraryError.self) {
            try recommender.similar(to: seeds, unlike: seeds, count: 3)
        }
    }

    @Test func lastPlaysNeedTimes() throws {
        #expect {
            _ = try recommender.seeds(lastOf: "l0", count: 5)
        } throws: { error in "\(error)".contains("none of their plays has a time") }
        let row = { (title: String, minute: Int) in
            #"{"ts": "2023-05-01T10:\#(10 + minute):02Z", "username": "ann", "ms_played": 200000, "master_metadata_track_name": "\#(title)", "master_metadata_album_artist_name": "Artist \#(minute)", "reason_end": "trackdone"}"#
        }
        _ = try library.place.add(
            [row("Song 0", 0), row("Song 1", 1), row("Song 2", 2)].joined(separator: "\n"))
        #expect(try library.catalogue.lastPlayed(by: "ann", count: 2) == [.track(3), .track(2)])
        let seeds = try Recommender(library.catalogue).seeds(lastOf: "ann", count: 2)
        #expect(seeds.places.rows == 2 && seeds.recordings == ["hash 2", "hash 1"])
    }

    @Test func wrongNamesGiveNearOnes() {
        #expect {
            _ = try recommender.seeds(artist: "Artst 4")
        } throws: {
            guard case LibraryError.unknownName("artist", "Artst 4", let near) = $0 else {
                return false
            }
            return near.contains("Artist 4") && near.count <= 5
        }
        #expect { _ = try recommender.seed("Sogn 12") } throws: { "\($0)".contains("Song 12") }
        #expect { _ = try recommender.recommend("l00", .init()) } throws: {
            "\($0)".contains("Near: l0")
        }
    }

    @Test func radioNeverRepeatsNorPlaysItsSeed() throws {
        let songs = try recommender.radio(from: try recommender.seed("Song 4"), count: 500)
        let ids = songs.map(\.id)
        #expect(Set(ids).count == ids.count && ids.count == SmallLibrary.songs - 1)
        #expect(!songs.contains { $0.title == "Song 4" })
        #expect(songs[0].genres == "jazz" && songs[1].genres == "jazz")
    }

    @Test func mixesStayForTheirDayAndWeek() throws {
        let monday = try #require(
            Calendar(identifier: .iso8601).date(
                from: DateComponents(year: 2026, month: 7, day: 6, hour: 12)))
        func day(_ days: Double) -> Date { monday.addingTimeInterval(86_400 * days) }
        let weekly = try recommender.weeklyDiscovery("l0", count: 6, on: monday)
        #expect(weekly == (try recommender.weeklyDiscovery("l0", count: 6, on: day(6))))
        #expect(
            try (1...4).contains { week in
                try recommender.weeklyDiscovery("l0", count: 6, on: day(7 * Double(week))) != weekly
            })
        #expect(Set(weekly.map(\.track.artist)).count == weekly.count)
        let daily = try recommender.dailyMix("l0", count: 9, on: monday)
        let heard = Set(try library.catalogue.history(of: "l0").map(\.song))
        let known = daily.count { heard.contains(.track($0.track.id)) }
        #expect(daily.count == 9 && known >= 4 && known < 9)
        #expect(Set(daily.map(\.track.id)).count == 9)
        #expect(daily == (try recommender.dailyMix("l0", count: 9, on: monday)))
    }
}
