import Foundation
import Matrices
import Testing

@testable import ListeningHistory

@Suite struct HistoryReaderTests {
    typealias Read = (
        format: HistoryFormat, plays: [Play], rejected: [Rejection], summary: ReadSummary
    )

    func read(_ text: String, listener: String? = nil, format: HistoryFormat? = nil) throws -> Read
    {
        try read(Data(text.utf8), listener: listener, format: format)
    }

    func read(_ data: Data, listener: String? = nil, format: HistoryFormat? = nil) throws -> Read {
        let all = try Sample.read(data, HistoryOptions(format: format, listener: listener))
        return (try #require(all.summary.format), all.plays, all.rejected, all.summary)
    }

    @Test func tripletsKeepGoodRowsAndTellBadOnes() throws {
        let (format, plays, rejected, _) = try read(
            "\u{FEFF}ann\ts1\t3\r\nbob\ts2\t-1\n\nann\ts2\tNaN\nann\ts3\nann\ts4\t1e300\nann\ts5\t0\ncy\ts1\t2.0\n\ts1\t2\nlast\ts9\t7"
        )
        #expect(format == .triplets)
        #expect(plays.map(\.listener) == ["ann", "cy", "last"] && plays.map(\.count) == [3, 2, 7])
        #expect(rejected.map(\.line) == [2, 4, 5, 6, 7, 9])
        #expect(rejected[2].reason.contains("2 fields"))
    }

    @Test func csvColumnsAreGuessed() throws {
        let (format, plays, rejected, _) = try read(
            "user,item\nu1,i1\nu1,i1\nu2\n")
        #expect(format == .csv && plays.count == 2 && rejected.map(\.line) == [4])
        let (_, named, _, _) = try read(
            "uts;utc_time;artist;artist_mbid;album;album_mbid;track;track_mbid\n1400000000;x;\"Sig; Ur \"\"R\"\"\";;Al;;Song;b1\n",
            listener: "me")
        #expect(
            named.first?.reference.artist == "Sig; Ur \"R\""
                && named.first?.reference.title == "Song")
        #expect(
            named.first?.reference.recordingMBID == "b1"
                && named.first?.time?.timeIntervalSince1970 == 1.4e9)
        #expect(throws: HistoryError.self) { try read("uts,artist,track\n1400000000,a,b\n") }
    }

    @Test func hetrecNamesArtists() throws {
        let (format, plays, _, summary) = try read("userID\tartistID\tweight\r\n2\t51\t13883\r\n")
        #expect(format == .hetrec && summary.rejected == 0)
        // As the file comes.
        let (own, plays2, _, _) = try read("//userID\tartistID\tweight\n2\t51\t13883\n")
        #expect(own == .hetrec && plays2 == plays)
        #expect(
            plays == [
                Play(listener: "2", reference: SongReference(id: "lastfm-artist-51"), count: 13883)
            ])
    }

    @Test func listenBrainzLines() throws {
        let line =
            #"{"listened_at": 1700000000, "user_name": "ann", "track_metadata": {"artist_name": "A", "track_name": "T", "additional_info": {"isrc": "DE1"}, "mbid_mapping": {"recording_mbid": "m1"}}}"#
        let (format, plays, rejected, _) = try read(
            line + "\nnot json\n" + line.replacingOccurrences(of: "1700000000", with: "\"x\"")
                + "\n")
        #expect(format == .listenbrainz && plays.count == 1 && rejected.map(\.line) == [2, 3])
        #expect(
            plays[0].reference.recordingMBID == "m1" && plays[0].reference.isrc == "DE1"
                && plays[0].listener == "ann")
    }

    @Test func spotifyLeavesOutSkipsPodcastsAndPrivateSessions() throws {
        func entry(_ name: String, _ played: Int, _ more: String = "") -> String {
            #"{"ts": "2023-05-01T10:00:00Z", "username": "ann", "ms_played": \#(played), "master_metadata_track_name": \#(name), "master_metadata_album_artist_name": "A", "spotify_track_uri": "spotify:track:1", "skipped": null, "reason_end": "trackdone", "incognito_mode": false\#(more)}"#
        }
        let text =
            "["
            + [
                entry("\"Heard\"", 200_000), entry("\"Skipped\"", 5_000, #", "skipped": true"#),
                entry("null", 900_000),
                entry("\"Secret\"", 200_000, #", "incognito_mode": true"#),
            ].joined(separator: ",") + "]"
        let (format, plays, _, summary) = try read(text)
        #expect(
            format == .spotify && plays.map(\.reference.title) == ["Heard"] && summary.filtered == 3
        )
        #expect(throws: HistoryError.self) { try read(String(text.dropLast(30))) }
    }

    @Test func lastfmPagesAndScrobblerLogs() throws {
        let page =
            ##"{"recenttracks": {"@attr": {"user": "ann"}, "track": [{"name": "Now", "artist": {"#text": "A"}, "@attr": {"nowplaying": "true"}}, {"name": "T", "mbid": "", "artist": {"#text": "A"}, "date": {"uts": "1600000000"}}]}}"##
        let (format, plays, _, summary) = try read(page)
        #expect(
            format == .lastfm && plays.count == 1 && summary.filtered == 1
                && plays[0].listener == "ann")
        let log =
            "#AUDIOSCROBBLER/1.1\n#TZ/UTC\nA\tAl\tT\t1\t200\tL\t1600000000\tm1\nA\tAl\tU\t2\t200\tS\t1600000300\t\nbroken\n"
        let (kind, scrobbles, bad, all) = try read(log, listener: "ann")
        #expect(
            kind == .scrobblerLog && scrobbles.count == 1 && all.filtered == 1
                && bad.map(\.line) == [5])
        #expect(throws: HistoryError.self) { try read(log) }
    }

    @Test func unknownEmptyAndDamagedFilesAreToldApart() throws {
        #expect(throws: HistoryError.self) { try read("Dear diary,\nI heard a song today.\n") }
        #expect(throws: HistoryError.self) { try read("") }
        // A gzip header and nothing sensible after it.
        #expect(throws: HistoryError.self) {
            try read(Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]))
        }
        #expect(throws: HistoryError.self) {
            try read(Data([0x28, 0xB5, 0x2F, 0xFD, 9, 9, 9, 9, 9]))
        }
    }

    /// The quick way for ASCII against Unicode's rules.
    @Test func asciiNamesFoldAsAllNamesDo() {
        var generator = SeededGenerator(seed: 4)
        let pieces = [
            "the", "The ", "&", "'", " ", "!", "a", "B", "7", "-", "(", "\t", "\0", "and",
        ]
        for _ in 0..<3000 {
            let name = (0..<generator.integer(below: 8)).map { _ in
                pieces[generator.integer(below: pieces.count)]
            }.joined()
            #expect(MatchKey.foldASCII(name) == MatchKey.foldAny(name), "\(name.debugDescription)")
        }
        for byte in UInt8(0)..<128 {
            let name = String(UnicodeScalar(byte)) + "x" + String(UnicodeScalar(byte))
            #expect(MatchKey.foldASCII(name) == MatchKey.foldAny(name), "\(byte)")
        }
        #expect(
            MatchKey.normalize(artist: "A FT. B", title: "Song - 2011 REMASTER")
                == MatchKey.normalize(artist: "A", title: "Song"))
    }

    @Test func namesMatchAcrossSpellings() {
        func same(_ a: (String, String), _ b: (String, String)) -> Bool {
            MatchKey.normalize(artist: a.0, title: a.1)
                == MatchKey.normalize(artist: b.0, title: b.1)
        }
        #expect(same(("Björk", "Jóga"), ("bjork", "JOGA")))
        #expect(same(("The Beatles", "Help! (Remastered 2009)"), ("Beatles", "Help")))
        #expect(same(("A & B", "Song (feat. C)"), ("A and B", "Song")))
        #expect(same(("A", "Don't Stop"), ("A", "Don’t stop")))
        #expect(!same(("A", "Song (Live)"), ("A", "Song")))
        #expect(!same(("A", "!!!"), ("A", "???")))
    }
}
