import Foundation
import Recommendation
import Testing

@testable import Library

@Suite struct TrackTableTests {
    let library: SmallLibrary

    init() throws { library = try SmallLibrary() }

    @Test func saysWhatTheCatalogueSays() throws {
        try library.catalogue.database.write {
            try $0.execute(
                sql: """
                    UPDATE track SET album = NULL, year = NULL, genres = '', hasCover = 1, kind = 'interlude',
                        title = 'Noël', path = 'bare.flac' WHERE id = 4
                    """)
            // Ids have gaps where tracks were forgotten; nobody played this one.
            try $0.execute(sql: "DELETE FROM track WHERE id = 28")
        }
        let recommender = try Recommender(library.catalogue)
        let table = recommender.table
        #expect(table.place(of: 28) == nil && table.place(of: 0) == nil)
        #expect(table.place(of: 999) == nil && table.place(of: -1) == nil)
        for track in try library.catalogue.tracks(includingMissing: true) {
            let song = try #require(recommender.listed(track.id ?? 0))
            #expect(song.id == track.id && song.title == track.title)
            #expect(song.artist == track.artist && song.album == track.album)
            #expect(song.genres == track.genres && song.path == track.path)
            #expect(song.year == track.year && song.durationSeconds == track.durationSeconds)
            #expect(song.hasCover == track.hasCover && song.kind == track.kind)
            let place = try #require(table.place(of: track.id ?? 0))
            #expect(table.place(ofRecording: track.recording) == place)
            #expect(table.name(place) == track.name)
            #expect(
                table.flags[place].contains(.christmas)
                    == Season.isChristmas(
                        title: track.title, album: track.album, genres: track.genres))
        }
        #expect(table.place(ofRecording: "nothing") == nil)
        #expect(table.flags.count { $0.contains(.christmas) } == 1)
    }

    /// Of a recording whose first file is gone the one that is left is shown; its plays stay.
    @Test func anotherFileTakesTheMissingOnesPlace() throws {
        try library.catalogue.database.write {
            try $0.execute(sql: "UPDATE track SET recording = 'hash 3' WHERE id = 31")
            try $0.execute(sql: "UPDATE track SET missing = 1 WHERE id IN (4, 10)")
        }
        let recommender = try Recommender(library.catalogue)
        let song = try #require(recommender.listed(4))
        #expect(song.id == 31 && song.path == "/music/copy.flac" && !song.missing)
        #expect(song.plays > 0 && song.plays == recommender.plays(of: 4))
        #expect(recommender.plays(of: 31) == song.plays)
        #expect(try recommender.track(4)?.id == 31)
        #expect(recommender.listed(10)?.missing == true)
        var request = RecommendationRequest()
        request.count = 40
        request.includePlayed = true
        request.maxPerArtist = 0
        let list = try recommender.recommend("l0", request)
        #expect(list.contains { $0.track.path == "/music/copy.flac" })
        #expect(!list.contains { $0.track.id == 10 })
    }

    /// Against the matrix of all plays: listeners and plays of each song, love being one more.
    @Test func countsAreThoseOfTheMatrix() throws {
        try library.catalogue.add(
            [],
            [
                NewOpinion(listener: "l0", trackID: 1, score: 1, time: 0),
                NewOpinion(listener: "l1", trackID: 1, score: 1, time: 0),
                NewOpinion(listener: "l1", trackID: 29, score: 1, time: 0),
                NewOpinion(listener: "l2", trackID: 5, score: -1, time: 0),
            ])
        let before = try Recommender(library.catalogue)
        func check(_ recommender: Recommender) throws {
            let data = try library.catalogue.tasteData()
            for track in try library.catalogue.tracks() {
                let id = track.id ?? 0
                let column = data.songIndex[.track(id)]
                let values = (0..<data.plays.rows).compactMap { row in
                    column.flatMap { data.plays.place(row, $0) }.map { data.plays.values[$0] }
                }
                #expect(recommender.listeners(of: id) == values.count, "\(track.title)")
                #expect(recommender.plays(of: id) == Int(values.reduce(0, +)), "\(track.title)")
            }
        }
        try check(before)
        try library.catalogue.add([
            NewListen(
                listener: "somebody new", time: 5,
                reference: SmallLibrary.track(7).reference, trackID: 8)
        ])
        let after = try Recommender(recounting: before)
        #expect(after.plays(of: 8) == before.plays(of: 8) + 1)
        try check(after)
    }

    /// What places listeners is what their history says, songs that the library lacks included.
    @Test func tasteGoesByTheHistory() throws {
        let recommender = try Recommender(library.catalogue)
        _ = try library.place.add(
            "user,artist,title,count\nl0,Nobody,Nothing,3\nl0,Artist 1,Song 1,2\nl0,Artist 0,Song 0,2\n"
        )
        try library.catalogue.add([], [NewOpinion(listener: "l0", trackID: 3, score: 1, time: 0)])
        let taste = try recommender.taste(of: "l0")
        let history = try library.catalogue.history(of: "l0")
        let own = history.compactMap { item in
            if case .track(let id) = item.song { recommender.table.place(of: id) } else { nil }
        }
        #expect(taste.played == Set(own) && own.count == history.count - 1)
        let known = history.filter { $0.name != "Nobody - Nothing" }
        #expect(Set(recommender.names(taste).values) == Set(known.map(\.name)))
        let fresh = try Recommender(library.catalogue).taste(of: "l0")
        #expect(fresh.place == taste.place && fresh.played == taste.played)
    }
}
