import Foundation
import Testing

@testable import ListeningHistory

@Suite struct TableFormatTests {
    let sha = String(repeating: "0123456789abcdef", count: 3).prefix(40)
    let mbid = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"

    @Test func lastfm360K() throws {
        let read = try Sample.read(
            "\(sha)\t\(mbid)\tbjörk\t12\n\(sha)\t\tnobody\t3\n\(sha)\t\t\t3\n\(sha)\t\tnobody\t-3\n"
        )
        #expect(read.summary.format == .lastfm360k && read.lines == [3, 4])
        #expect(
            read.plays.map(\.reference.id) == ["lastfm-artist-\(mbid)", "lastfm-artist-nobody"])
        #expect(read.plays.map(\.count) == [12, 3] && read.plays[0].reference.artist == "björk")
    }

    @Test func lastfm1K() throws {
        let read = try Sample.read(
            "user_1\t2009-05-04T23:08:57Z\t\(mbid)\tA\t\(mbid)\tT\nuser_1\tsoon\t\tA\t\tT\nuser_1\t2009-05-04T13:54:10Z\t\tA\t\tU\n"
        )
        #expect(read.summary.format == .lastfm1k && read.lines == [2])
        #expect(read.plays.map(\.reference.title) == ["T", "U"])
        #expect(read.plays[0].time == Date(timeIntervalSince1970: 1_241_478_537))
        #expect(read.plays[0].reference.recordingMBID == mbid)
    }

    @Test func recBoleKeepsCountsAndTimes() throws {
        let read = try Sample.read(
            "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\ti\t2.0\t1600000000\nu\tj\tNaN\t1\n"
        )
        #expect(read.summary.format == .recbole && read.lines == [3])
        #expect(
            read.plays == [
                Play(
                    listener: "u", reference: SongReference(id: "i"), count: 2,
                    time: Date(timeIntervalSince1970: 1.6e9))
            ])
    }

    @Test func lastfmExportsWithAndWithoutHeader() throws {
        let bare = try Sample.read(
            "\"A, B\",Al,T,31 Dec 2019 23:59\nA,,U,\"1 Jan 2020, 00:00\"\nA,,V,\nA,,W,whenever\n",
            listener: "ann")
        #expect(bare.summary.format == .lastfmCSV && bare.lines == [4])
        #expect(bare.plays.map(\.reference.artist) == ["A, B", "A", "A"])
        #expect(
            bare.plays.map(\.time) == [
                Date(timeIntervalSince1970: 1_577_836_740),
                Date(timeIntervalSince1970: 1_577_836_800), nil,
            ])
        let headed = try Sample.read(
            "\u{FEFF}uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\r\n\"1600000000\",x,A,,\"B\r\nC\",,T,\(mbid)\r\n1600000000,x,A,,\"open,,T,\r\n1600000001,x,A,,,,U,\r\n",
            listener: "ann")
        #expect(headed.summary.format == .csv && headed.lines == [4])
        #expect(
            headed.plays.map(\.reference.title) == ["T", "U"]
                && headed.plays[0].reference.album == "B\nC")
    }

    @Test func columnsCanBeTold() throws {
        let text = "who|what|whom|times\nann|T|A|3\nbob|U|B|x\n"
        #expect(throws: HistoryError.self) { try Sample.read(text) }
        var options = HistoryOptions(
            columns: try HistoryOptions.columns("listener=who, title=what,artist=whom,count=times"))
        let read = try Sample.read(Data(text.utf8), options)
        #expect(
            read.plays == [
                Play(listener: "ann", reference: SongReference(artist: "A", title: "T"), count: 3)
            ])
        #expect(read.lines == [3])
        options.columns = try HistoryOptions.columns("listener=1,title=2,artist=3")
        #expect(try Sample.read(Data(text.utf8), options).plays.count == 3)
        options.columns = try HistoryOptions.columns("listener=nobody,song=2")
        #expect(throws: HistoryError.self) { try Sample.read(Data(text.utf8), options) }
        for wrong in ["artist=1", "song", "wrong=1,song=2"] {
            #expect(throws: HistoryError.self) { try HistoryOptions.columns(wrong) }
        }
    }

    @Test func scrobblerLogsKnowTheirZone() throws {
        let row = "A\tAl\tT\t1\t200\tL\t1600000000\t\n"
        func log(_ zone: String) -> String {
            "#AUDIOSCROBBLER/1.1\n#TZ/\(zone)\n#CLIENT/x\n" + row
                + "<Untagged>\t\tT\t\t1\tL\t1600000000\nA\t\tNo clock\t\t1\tL\t0\nA\t\tLate\t\t1\tL\tlate\n"
        }
        for (zone, offset) in [("UTC", 0), ("UNKNOWN", 0), ("+02:00", 7200), ("-0330", -12600)] {
            let read = try Sample.read(log(zone), listener: "ann")
            #expect(
                read.plays.map(\.time) == [
                    Date(timeIntervalSince1970: 1.6e9 - Double(offset)), nil,
                ])
            #expect(read.summary.filtered == 1 && read.lines == [7])
            let skipped = try Sample.read(
                log(zone).replacingOccurrences(of: "\tL\t16", with: "\tS\t16"), listener: "ann")
            #expect(skipped.plays.compactMap(\.reference.title) == ["No clock"])
            #expect(skipped.skips.map(\.time) == read.plays.prefix(1).map(\.time))
            #expect(skipped.summary.filtered == 2)
        }
    }

    static let (good, wrong, accepted) = (
        "SOAAAAA12A58A7AA11", "SOBBBBB12A58A7BB22", "SOCCCCC12A58A7CC33"
    )

    /// Names from unique_tracks; wrong matches out, unless accepted by hand or another track of the song is right.
    @Test func echoNestSongsGetNamesAndWrongOnesGo() throws {
        let rows = [Self.good, Self.wrong, Self.accepted, "SODDDDD12A58A7DD44"].map {
            "\(sha)\t\($0)\t2\n"
        }.joined()
        let beside = [
            "unique_tracks.txt":
                "TRAAAAA128F427AA11<SEP>\(Self.good)<SEP>Other<SEP>Wrong\nTRAAAAA128F427AA12<SEP>\(Self.good)<SEP>A<SEP>T\nTRBBBBB128F427BB22<SEP>\(Self.wrong)<SEP>B<SEP>U\nTRCCCCC128F427CC33<SEP>\(Self.accepted)<SEP>C<SEP>V\n",
            "sid_mismatches.txt":
                "ERROR: <\(Self.good) TRAAAAA128F427AA11> A  -  T  !=  Other  -  Wrong\nERROR: <\(Self.wrong) TRBBBBB128F427BB22> x\nERROR: <\(Self.accepted) TRCCCCC128F427CC33> y\n",
            "sid_matches_manually_accepted.txt":
                "< ERROR: <\(Self.accepted) TRCCCCC128F427CC33> y\n",
        ]
        let read = try Sample.read(Data(rows.utf8), beside: beside)
        #expect(
            read.plays.map(\.reference) == [
                SongReference(id: Self.good, artist: "A", title: "T"),
                SongReference(id: Self.accepted, artist: "C", title: "V"),
                SongReference(id: "SODDDDD12A58A7DD44"),
            ])
        #expect(read.summary.filtered == 1 && read.rejected.isEmpty)
        #expect(try Sample.read(rows).plays.count == 4)
    }

    /// The file as it comes, with slashes before its header; artists without a line keep their id alone.
    @Test func hetrecArtistsGetNames() throws {
        let rows = Data("//userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n".utf8)
        let artists = "id\tname\turl\tpictureURL\n51\tDuran Duran\thttp://x\thttp://y\n\n"
        let read = try Sample.read(rows, beside: ["artists.dat": artists])
        #expect(
            read.plays.map(\.reference) == [
                SongReference(id: "lastfm-artist-51", artist: "Duran Duran"),
                SongReference(id: "lastfm-artist-52"),
            ])
        #expect(try Sample.read(rows).plays.map(\.reference.artist) == [nil, nil])
        #expect {
            try Sample.read(rows, beside: ["artists.dat": artists + "no tab"])
        } throws: {
            "\($0)".contains("artists.dat") && "\($0)".contains("line 4")
        }
        // In an archive it is a file as any other.
        let tar = Sample.tar([.init("user_artists.dat", rows)])
        #expect(try Sample.read(tar, beside: ["artists.dat": artists]).plays.count == 2)
    }

    @Test func timesAreReadAndAbsurdOnesAreNot() {
        for (text, seconds) in [
            ("1600000000", 1.6e9), ("1600000000123", 1.6e9 + 0.123),
            ("2020-09-13T12:26:40Z", 1.6e9),
            ("2020-09-13 12:26:40", 1.6e9), ("2020-09-13T14:26:40+02:00", 1.6e9),
            ("2020-09-13 12:26:40.5 UTC", 1.6e9),
            ("2020/09/13 12:26", 1.6e9 - 40), ("13 Sep 2020, 12:26", 1.6e9 - 40),
            ("2000-02-29", 951_782_400),
            ("13 September 2020 12:26:40", 1.6e9),
        ] {
            #expect(HistoryTime.parse(text)?.timeIntervalSince1970 == seconds, "\(text)")
        }
        for text in [
            "", "x", "-1", "1e300", "nan", "inf", "2019-02-29", "2020-13-01", "2020-09-13T25:00",
            "2020-09-13T12:26:40+99:00", "0x5F5E1000", "1800-01-01", "99999999999999999999999",
        ] {
            #expect(HistoryTime.parse(text) == nil, "\(text)")
        }
    }
}
