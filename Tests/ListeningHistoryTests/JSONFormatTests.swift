import Foundation
import Testing

@testable import ListeningHistory

@Suite struct JSONFormatTests {
    @Test func listenBrainzPagesSubmissionsAndAddresses() throws {
        let listen =
            #"{"listened_at": 1700000000, "track_metadata": {"artist_name": "A", "track_name": "T", "additional_info": {"spotify_id": "https://open.spotify.com/track/abc?si=1"}}}"#
        let page =
            #"{"payload": {"count": 1, "listens": [\#(listen), {"x": 1}], "user_id": "ann"}}"#
        let read = try Sample.read(page)
        #expect(read.summary.format == .listenbrainz && read.lines == [2])
        #expect(read.plays.map(\.listener) == ["ann"])
        #expect(read.plays.first?.reference.spotifyURI == "spotify:track:abc")
        // What is playing is not a listen yet; the type may come after the payload.
        for type in ["single", "playing_now"] {
            let submission = #"{"payload": [\#(listen)], "listen_type": "\#(type)"}"#
            let read = try Sample.read(submission, listener: "bob")
            #expect(read.plays.count == (type == "single" ? 1 : 0))
            #expect(read.summary.filtered == (type == "single" ? 0 : 1))
        }
        #expect(throws: HistoryError.self) {
            try Sample.read(#"{"payload": [\#(listen)], "listen_type": "import"}"#)
        }
        // An array of listens, and one alone.
        #expect(try Sample.read("[\n\(listen),\(listen)]", listener: "a").plays.count == 2)
        let dateless = listen.replacingOccurrences(of: #""listened_at": 1700000000, "#, with: "")
        #expect(try Sample.read(dateless, listener: "a").plays.map(\.time) == [nil])
    }

    @Test func feedbackIsTold() throws {
        let read = try Sample.read(
            #"{"feedback": [{"user_id": "ann", "recording_mbid": "m1", "score": 1, "created": 1600000000}, {"user_id": "ann", "recording_msid": "s1", "score": -1}, {"user_id": "ann", "recording_mbid": "m2", "score": 5}, {"user_id": "ann", "recording_mbid": "m3", "score": 0}], "total_count": 4}"#
        )
        #expect(read.summary.format == .listenbrainzFeedback && read.lines == [3])
        #expect(read.feedback.map(\.score) == [1, -1, 0])
        #expect(read.feedback[1].reference.id == "msid-s1" && read.feedback[0].time != nil)
    }

    @Test func spotifyLeavesOutWhatListenBrainzDoes() throws {
        func entry(_ title: String, _ played: Int, _ reason: String, _ more: String = "") -> String
        {
            #"{"ts": "2023-05-01T10:00:00Z", "username": "ann", "ms_played": \#(played), "master_metadata_track_name": "\#(title)", "master_metadata_album_artist_name": "A", "spotify_track_uri": "spotify:track:\#(title)", "reason_end": \#(reason)\#(more)}"#
        }
        let entries = [
            entry("whole", 200_000, #""trackdone""#), entry("short", 20_000, #""trackdone""#),
            entry("long", 40_000, #""fwdbtn""#, #", "skipped": true"#),
            entry("forward", 20_000, #""fwdbtn""#), entry("unknown", 20_000, "null"),
            entry("left", 20_000, #""logout""#), entry("silent", 0, #""trackdone""#),
            entry("skipped", 20_000, #""trackdone""#, #", "skipped": true"#),
            entry("secret", 200_000, #""trackdone""#, #", "incognito_mode": true"#),
            #"{"ts": "2023-05-01T10:00:00Z", "ms_played": 900000, "master_metadata_track_name": null, "episode_name": "Talk"}"#,
            entry("negative", -5, #""trackdone""#), "17",
        ]
        let read = try Sample.read("[" + entries.joined(separator: ",\n") + "]")
        #expect(read.plays.compactMap(\.reference.title) == ["whole", "short", "long"])
        #expect(read.summary.filtered == 7 && read.lines == [11, 12])
        // Who presses "next" turns a song away; who logs out or meets an error does not.
        #expect(read.skips.compactMap(\.reference.title) == ["forward", "skipped"])
        #expect(read.summary.skips == 2 && read.skips.allSatisfy { $0.listener == "ann" })
        #expect(read.skips.first?.time == read.plays.first?.time)
        // One entry without brackets around.
        #expect(try Sample.read(entries[0]).plays.count == 1)
        let brief =
            #"[{"endTime": "2019-12-31 23:59", "artistName": "A", "trackName": "T", "msPlayed": 31000}, {"endTime": "x", "artistName": "A", "trackName": "T", "msPlayed": 31000}, {"endTime": "2019-12-31 23:59", "artistName": "A", "trackName": "T", "msPlayed": 2}]"#
        let short = try Sample.read(brief, listener: "ann")
        #expect(short.summary.format == .spotifyShort && short.lines == [2])
        #expect(short.plays.map(\.time) == [Date(timeIntervalSince1970: 1_577_836_740)])
        #expect(throws: HistoryError.self) { try Sample.read(brief) }
    }

    @Test func lastfmPagesOneAfterAnotherAndSingleTracks() throws {
        func track(_ name: String) -> String {
            ##"{"name": "\##(name)", "mbid": "", "artist": {"#text": "A", "mbid": ""}, "album": {"#text": "B"}, "date": {"uts": "1600000000"}}"##
        }
        func page(_ tracks: String) -> String {
            ##"{"recenttracks": {"track": \##(tracks), "@attr": {"user": "ann", "page": "1"}}}"##
        }
        let now = ##"{"name": "Now", "artist": {"#text": "A"}, "@attr": {"nowplaying": "true"}}"##
        let pages = [page("[\(now), \(track("T")), \(track("U"))]"), page(track("V"))]
        for text in [
            pages.joined(separator: "\n"), pages.joined(), "[" + pages.joined(separator: ",") + "]",
            pages.joined(separator: "\n").replacingOccurrences(of: ",", with: ",\n"),
        ] {
            let read = try Sample.read(text)
            #expect(read.plays.compactMap(\.reference.title) == ["T", "U", "V"])
            #expect(read.plays.allSatisfy { $0.listener == "ann" && $0.reference.album == "B" })
            #expect(read.summary.format == .lastfm && read.summary.filtered == 1)
        }
        let bare = try Sample.read("[\(track("T"))]", listener: "ann")
        #expect(bare.plays.count == 1 && bare.summary.format == .lastfm)
        let loved = page("[\(track("L"))]").replacingOccurrences(of: "recent", with: "loved")
        #expect(try Sample.read(loved).feedback.map(\.score) == [1])
    }

    @Test func malojaAndPano() throws {
        let maloja =
            #"{"maloja": {"export_time": 1}, "scrobbles": [{"time": 1600000000, "track": {"artists": ["A", "B"], "title": "T", "album": {"albumtitle": "C", "artists": ["A"]}, "length": 200}, "duration": 180}, {"time": "soon", "track": {"artists": ["A"], "title": "T"}}, {"time": 1600000000, "track": {"artists": [], "title": "T"}}]}"#
        let read = try Sample.read(maloja, listener: "ann")
        #expect(read.summary.format == .maloja && read.lines == [2, 3])
        #expect(read.plays.first?.reference == SongReference(artist: "A", title: "T", album: "C"))
        let pano = [
            #"{"timeMs": 1600000000000, "track": "T", "artist": "A", "album": "C", "durationMs": 1, "mediaPlayerName": "P"}"#,
            "oops", #"{"timeMs": 1600000000000, "track": "", "artist": "A"}"#,
            #"{"timeMs": 1600000000000, "track": "T", "artist": "A", "event": "love"}"#,
        ].joined(separator: "\n")
        let lines = try Sample.read(pano, listener: "ann")
        #expect(lines.summary.format == .pano && lines.lines == [2, 3])
        #expect(lines.plays.first?.time == Date(timeIntervalSince1970: 1.6e9))
        #expect(lines.feedback.map(\.score) == [1])
        #expect(throws: HistoryError.self) { try Sample.read(maloja) }
    }

    @Test func brokenElementsAreToldByNumberAndCutFilesAreRefused() throws {
        let good =
            #"{"endTime": "2019-12-31 23:59", "artistName": "A", "trackName": "T, [\"x\"] {", "msPlayed": 31000}"#
        let text =
            "[" + [good, "{oops}", good, "nonsense", #"{"a" 1}"#, good].joined(separator: " ,\n")
            + "\n]"
        let read = try Sample.read("\u{FEFF}" + text, listener: "a")
        #expect(read.plays.count == 3 && read.lines == [2, 4, 5])
        for cut in [text.count - 1, text.count - 20, 40] {
            #expect(throws: HistoryError.self) {
                try Sample.read(String(text.prefix(cut)), listener: "a", format: .spotifyShort)
            }
        }
        #expect(throws: HistoryError.self) { try Sample.read("[\(good)}", listener: "a") }
    }

    /// Piece by piece, however small, gives what the whole gives.
    @Test func splitterSplitsPiecesOfAnySize() throws {
        let text =
            #" [ {"a": [1, {"b": "x,]}"}], "scrobbles": [ {"t": "1\"]"}, 2 , [3] ], "c": {"list": [5]}}, 7, {"payload": {"listens": [], "user_id": "u"}} ] {"list": [{"k": 1}]} tail"#
        func split(_ size: Int) throws -> [String] {
            var parts: [String] = []
            var splitter = JSONSplitter(path: "")
            func take(_ part: JSONSplitter.Part) {
                switch part {
                case .element(let path, let bytes):
                    parts.append(
                        "\(path): "
                            + String(decoding: bytes, as: UTF8.self).trimmingCharacters(
                                in: .whitespaces))
                case .document(let bytes): parts.append(String(decoding: bytes, as: UTF8.self))
                }
            }
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try splitter.feed(Array(bytes[start..<min(bytes.count, start + size)]), take)
            }
            try splitter.finish(take)
            return parts
        }
        let whole = try split(1000)
        #expect(
            whole.filter { $0.contains(": ") && !$0.hasPrefix("{") } == [
                #"scrobbles: {"t": "1\"]"}"#, "scrobbles: 2", "scrobbles: [3]", #"list: {"k": 1}"#,
            ])
        #expect(whole.contains("7") && whole.last == "tail" && whole.count == 9)
        #expect(whole.contains { $0.contains(#""c": {"list": [5]}"#) })
        for size in 1..<20 { #expect(try split(size) == whole) }
    }
}
