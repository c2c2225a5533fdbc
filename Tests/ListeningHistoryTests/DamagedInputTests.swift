import Foundation
import Matrices
import Testing

@testable import ListeningHistory

/// Whatever is done to a file, reading it ends, with rows or with an error that says what is wrong.
@Suite struct DamagedInputTests {
    static let mbid = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"
    static let json =
        #"{"listened_at": 1700000000, "user_name": "ann", "track_metadata": {"artist_name": "A", "track_name": "T"}}"#
    /// One of every format.
    static let samples: [(HistoryFormat, String)] = [
        (.triplets, "ann\ts1\t3\nbob\ts2\t1\n"),
        (.csv, "user,artist,track\nann,\"A, b\",T\nann,A,U\n"),
        (.hetrec, "userID\tartistID\tweight\n2\t51\t13883\n"),
        (.lastfm360k, "\(String(repeating: "a1", count: 20))\t\(mbid)\tA\t3\n"),
        (.lastfm1k, "user_1\t2009-05-04T23:08:57Z\t\(mbid)\tA\t\tT\n"),
        (.mlhd, "1300000000\t\(mbid)\t\t\(mbid)\n"),
        (.recbole, "user_id:token\titem_id:token\trating:float\nu\ti\t2\n"),
        (.listenbrainz, json + "\n" + json + "\n"),
        (.listenbrainz, #"{"payload": {"listens": [\#(json), \#(json)]}}"#),
        (.listenbrainzFeedback, #"{"recording_mbid": "m", "score": 1}"#),
        (
            .spotify,
            #"[{"ts": "2023-05-01T10:00:00Z", "ms_played": 200000, "master_metadata_track_name": "T", "master_metadata_album_artist_name": "A"}]"#
        ),
        (
            .spotifyShort,
            #"[{"endTime": "2019-12-31 23:59", "artistName": "A", "trackName": "T", "msPlayed": 31000}]"#
        ),
        (
            .lastfm,
            ##"{"recenttracks": {"track": [{"name": "T", "artist": {"#text": "A"}, "date": {"uts": "1600000000"}}], "@attr": {"user": "ann"}}}"##
        ),
        (.lastfmCSV, "A,B,T,31 Dec 2019 23:59\n"),
        (.scrobblerLog, "#AUDIOSCROBBLER/1.1\n#TZ/UTC\nA\tAl\tT\t1\t200\tL\t1600000000\tm1\n"),
        (
            .maloja,
            #"{"scrobbles": [{"time": 1600000000, "track": {"artists": ["A"], "title": "T"}}]}"#
        ),
        (.pano, #"{"timeMs": 1600000000000, "track": "T", "artist": "A"}"# + "\n"),
        (.m3u, "#EXTM3U\n#EXTINF:1,A - T\na.mp3\n"),
        (
            .jspf,
            #"{"playlist": {"title": "L", "creator": "ann", "track": [{"title": "T", "creator": "A"}]}}"#
        ),
        (
            .xspf,
            "<playlist xmlns=\"http://xspf.org/ns/0/\"><creator>ann</creator><trackList><track><title>T &amp; U</title><creator>A</creator></track></trackList></playlist>"
        ),
    ]

    @Test func everyFormatIsKnownByItsContent() throws {
        #expect(Set(Self.samples.map(\.0)) == Set(HistoryFormat.allCases))
        for (format, text) in Self.samples {
            for text in [text, "\u{FEFF}" + text.replacingOccurrences(of: "\n", with: "\r\n")] {
                for data in [Data(text.utf8), Sample.gzip(text), Sample.zstd(Data(text.utf8))] {
                    let read = try Sample.read(data, .init(listener: "ann"))
                    #expect(read.summary.format == format && read.summary.rows > 0, "\(format)")
                    #expect(read.rejected.isEmpty, "\(format)")
                }
            }
        }
    }

    @Test(arguments: 0..<4) func damageIsSurvived(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var outcomes: Set<String> = []
        for (format, text) in Self.samples {
            for packed in [
                Data(text.utf8), Sample.gzip(text), Sample.zip([.init("a", text)]),
                Sample.tar([.init("a", text)]), Sample.zip([.init("a", text)], zip64: true),
            ] {
                for told in [nil, format] {
                    var data = packed
                    switch generator.integer(below: 3) {
                    case 0: data = data.prefix(generator.integer(below: data.count))
                    case 1:
                        for _ in 0..<(1 + generator.integer(below: 8)) {
                            data[data.startIndex + generator.integer(below: data.count)] =
                                UInt8(generator.integer(below: 256))
                        }
                    default:
                        let place = data.startIndex + generator.integer(below: data.count)
                        data.removeSubrange(place..<min(data.endIndex, place + 7))
                    }
                    do {
                        _ = try Sample.read(data, .init(format: told, listener: "ann"))
                        outcomes.insert("read")
                    } catch let error as HistoryError {
                        #expect(!error.description.isEmpty)
                        outcomes.insert("refused")
                    }
                }
            }
        }
        #expect(outcomes == ["read", "refused"])
    }

    @Test func depthIsSurvived() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let read = try Sample.read("[\(deep), {}]", listener: "a", format: .spotifyShort)
        #expect(read.lines == [1, 2])
        #expect(throws: HistoryError.self) {
            try Sample.read(
                String(repeating: "<playlist xmlns='xspf.org'>", count: 200), listener: "a")
        }
    }

    @Test func randomBytesAreSurvivedInEveryFormat() throws {
        var generator = SeededGenerator(seed: 9)
        for format in [nil] + HistoryFormat.allCases {
            for _ in 0..<5 {
                let data = Data((0..<2000).map { _ in UInt8(generator.integer(below: 256)) })
                do {
                    let read = try Sample.read(data, .init(format: format, listener: "ann"))
                    #expect(format != nil && read.plays.count < 100)
                } catch is HistoryError {}
            }
        }
    }

    @Test func whatIsNoTextIsNamed() throws {
        func refusal(_ data: Data) -> HistoryError? {
            do {
                _ = try Sample.read(data)
                return nil
            } catch { return error as? HistoryError }
        }
        let text = "ann\ts1\t3\n"
        let utf16: [Data] = [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian].compactMap
        {
            String(repeating: text, count: 5).data(using: $0)
        }
        for data in utf16 {
            guard case .notUTF8? = refusal(data) else {
                Issue.record("UTF-16 was not told")
                continue
            }
        }
        guard
            case .cannotRead(_, let reason)? = refusal(
                Data([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]))
        else {
            Issue.record("7-Zip was not told")
            return
        }
        #expect(reason.contains("7-Zip"))
        guard case .unknownFormat? = refusal(Data("Dear diary".utf8)) else {
            Issue.record("a letter was not told")
            return
        }
        let tried = HistoryError.unknownFormat(path: "x").description
        #expect(HistoryFormat.allCases.allSatisfy { tried.contains($0.rawValue) })
    }
}
