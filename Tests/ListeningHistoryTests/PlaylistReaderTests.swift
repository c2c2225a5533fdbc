import Foundation
import Testing

@testable import ListeningHistory

@Suite struct PlaylistReaderTests {
    let mbid = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"

    @Test func m3uNamesPathsAndTitles() throws {
        let text =
            "\u{FEFF}#EXTM3U\r\n#PLAYLIST:Best, of\r\n#EXTINF:123,Artist - Title - Mix\r\nmusic\\a.mp3\r\n#EXTINF:1,No dash\r\nhttp://radio.example/stream\r\n#EXTINF:5,B - C\r\nhttps://x.example/b\r\nfile:///m%20x/c.ogg\r\nsample.txt\r\n"
        let read = try Sample.read(text, listener: "ann")
        #expect(read.summary.format == .m3u && read.lines == [6])
        #expect(read.entries.map(\.playlist) == Array(repeating: "Best, of", count: 4))
        #expect(read.entries.map(\.position) == [0, 1, 2, 3])
        #expect(
            read.entries[0].reference
                == SongReference(artist: "Artist", title: "Title - Mix", path: "music/a.mp3"))
        #expect(read.entries[1].reference == SongReference(artist: "B", title: "C"))
        #expect(read.entries[2].reference.path == "/m x/c.ogg")
        // A file that lies beside the playlist is known by its full path.
        #expect(read.entries[3].reference.path?.hasPrefix("/") == true)
        #expect(throws: HistoryError.self) { try Sample.read(text) }
        let plain = try Sample.read("a/b.mp3\nc.flac\n", listener: "ann", name: "My list.m3u")
        #expect(
            plain.summary.format == .m3u && plain.entries.map(\.playlist) == ["My list", "My list"])
        let latin = try Sample.read(
            Data("#EXTM3U\n#EXTINF:1,Bj".utf8) + Data([0xF6]) + Data("rk - J\na.mp3\n".utf8),
            .init(listener: "a"))
        #expect(latin.entries[0].reference.artist == "Björk")
    }

    @Test func jspf() throws {
        let text =
            #"{"playlist": {"track": [{"title": "T", "creator": "A", "identifier": ["https://musicbrainz.org/recording/\#(mbid)"]}, {"identifier": "spotify:track:x"}, {}, 5], "title": "L", "creator": "ann"}}"#
        let read = try Sample.read(text)
        #expect(read.summary.format == .jspf && read.lines == [3, 4])
        #expect(
            read.entries[0]
                == PlaylistEntry(
                    listener: "ann", playlist: "L", position: 0,
                    reference: SongReference(artist: "A", title: "T", recordingMBID: mbid)))
        #expect(
            read.entries[1].reference.spotifyURI == "spotify:track:x"
                && read.entries[1].position == 1)
        #expect(try Sample.read(text, listener: "bob").entries[0].listener == "bob")
    }

    @Test func xspf() throws {
        let text = """
            <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>
            <playlist version="1" xmlns="http://xspf.org/ns/0/"><title>L &amp; M</title><creator>ann</creator>
            <trackList><!-- <track> --><track><location>file:///a%20b.mp3</location><title>T &#x41;&lol; &lt;b&gt;</title>
            <creator><![CDATA[A & <B>]]></creator><extension application="x"><title>no</title></extension></track>
            <track/><x:track xmlns:x="y"><x:identifier a=">">https://musicbrainz.org/recording/\(mbid)</x:identifier></x:track>
            </trackList></playlist>
            """
        let read = try Sample.read(text)
        #expect(read.summary.format == .xspf && read.lines == [2])
        #expect(read.entries.count == 2 && read.entries[0].playlist == "L & M")
        #expect(
            read.entries[0].reference
                == SongReference(artist: "A & <B>", title: "T A&lol; <b>", path: "/a b.mp3"))
        #expect(read.entries[1].reference.recordingMBID == mbid)
        for broken in [
            text.replacingOccurrences(of: "</trackList>", with: ""), String(text.dropLast(5)),
        ] {
            #expect(throws: HistoryError.self) { try Sample.read(broken) }
        }
    }
}
