import Foundation
import Recommendation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

private let tracks = [
    PlaylistTrack(
        path: "/music/Björk & co/01 #1 <live>.flac", title: "Line\nbreak & \"quotes\" <b>",
        artist: "Björk",
        album: "Début", durationSeconds: 215.6,
        recordingMBID: "0b0b5a2c-0000-4000-8000-000000000001"),
    PlaylistTrack(
        path: "/other/#odd.mp3", title: "Bell\u{7}\u{FFFE}", artist: "A\r\nB", album: nil,
        durationSeconds: .nan, recordingMBID: nil),
]

@Suite struct PlaylistFileTests {
    @Test func m3u8IsAsPlayersExpect() throws {
        let text = try PlaylistFile.render(
            tracks, title: "My\nlist", format: .m3u8, relativeTo: URL(fileURLWithPath: "/music"))
        #expect(
            text == """
                #EXTM3U
                #PLAYLIST:My list
                #EXTINF:216,Björk - Line break & "quotes" <b>
                Björk & co/01 #1 <live>.flac
                #EXTINF:-1,A B - Bell\u{7}\u{FFFE}
                /other/#odd.mp3

                """)
    }

    @Test(arguments: PlaylistFormat.allCases)
    func pathsAreRelativeOrAbsoluteInEveryFormat(format: PlaylistFormat) throws {
        func text(_ path: String, _ paths: PlaylistPaths) throws -> String {
            try PlaylistFile.render(
                [
                    PlaylistTrack(
                        path: path, title: "t", artist: "a", album: nil, durationSeconds: 1,
                        recordingMBID: nil, annotation: "why\nnot <&>")
                ], title: "", format: format,
                relativeTo: URL(fileURLWithPath: "/music/lists"), paths: paths)
        }
        let isLine = format == .m3u8
        #expect(
            try text("/music/ä b/c#d.mp3", .relative).contains(
                isLine ? "\n../ä b/c#d.mp3\n" : "../%C3%A4%20b/c%23d.mp3"))
        #expect(
            try text("/music/lists/a.mp3", .absolute).contains(
                isLine ? "\n/music/lists/a.mp3\n" : "file:///music/lists/a.mp3"))
        #expect(
            try text("/music/lists/c:d.mp3", .relative).contains(
                isLine ? "\nc:d.mp3\n" : "./c:d.mp3"))
        #expect(
            try text("/music/a.mp3", .usual).contains(
                isLine ? "\n/music/a.mp3\n" : "file:///music/a.mp3"))
        let why = [
            "\n# why not <&>\n", "<annotation>why\nnot &lt;&amp;&gt;</annotation>", "why\\nnot <&>",
        ]
        #expect(
            try text("/a.mp3", .usual).contains(
                why[PlaylistFormat.allCases.firstIndex(of: format) ?? 0]))
    }

    @Test func m3u8PathsCannotBecomeCommentsOrLines() throws {
        func path(_ path: String, below folder: String) throws -> String? {
            try PlaylistFile.render(
                [
                    PlaylistTrack(
                        path: path, title: "t", artist: "a", album: nil, durationSeconds: 1,
                        recordingMBID: nil)
                ], title: "", format: .m3u8, relativeTo: URL(fileURLWithPath: folder)
            ).split(separator: "\n").last.map(String.init)
        }
        #expect(try path("/m/#1.mp3", below: "/m") == "./#1.mp3")
        #expect(try path("/m/a.mp3", below: "/") == "m/a.mp3")
        #expect(try path("/music2/a.mp3", below: "/music") == "/music2/a.mp3")
        #expect(try path("/m/a\nb.mp3", below: "/m") == "file:///m/a%0Ab.mp3")
    }

    /// Read back with an XML parser, not by eye.
    @Test func xspfIsWellFormed() throws {
        final class Reader: NSObject, XMLParserDelegate {
            var text = ""
            var values: [String: [String]] = [:]
            func parser(
                _: XMLParser, didStartElement _: String, namespaceURI: String?,
                qualifiedName _: String?,
                attributes _: [String: String]
            ) { text = "" }
            func parser(_: XMLParser, foundCharacters string: String) { text += string }
            func parser(
                _: XMLParser, didEndElement name: String, namespaceURI _: String?,
                qualifiedName _: String?
            ) { values[name, default: []].append(text) }
        }
        let text = try PlaylistFile.render(tracks, title: "a < b & c", format: .xspf)
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse())
        #expect(reader.values["title"] == ["a < b & c", tracks[0].title, "Bell"])
        #expect(
            reader.values["location"] == [
                "file:///music/Bj%C3%B6rk%20&%20co/01%20%231%20%3Clive%3E.flac",
                "file:///other/%23odd.mp3",
            ])
        #expect(
            reader.values["identifier"] == [
                "https://musicbrainz.org/recording/0b0b5a2c-0000-4000-8000-000000000001"
            ])
        #expect(reader.values["duration"] == ["215600"])
        #expect(text.contains(#"xmlns="http://xspf.org/ns/0/""#))
    }

    @Test func jspfHasTheFieldsOfTheFormat() throws {
        let text = try PlaylistFile.render(tracks, title: "a \"b\"", format: .jspf)
        let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let playlist = try #require(document?["playlist"] as? [String: Any])
        #expect(playlist["title"] as? String == "a \"b\"")
        let list = try #require(playlist["track"] as? [[String: Any]])
        #expect(list.count == 2)
        #expect(
            list[0]["identifier"] as? [String] == [
                "https://musicbrainz.org/recording/0b0b5a2c-0000-4000-8000-000000000001"
            ])
        #expect(list[0]["duration"] as? Int == 215_600)
        #expect(list[0]["title"] as? String == tracks[0].title)
        #expect(
            list[1]["identifier"] == nil && list[1]["duration"] == nil && list[1]["album"] == nil)
    }

    @Test(arguments: PlaylistFormat.allCases)
    func anEmptyPlaylistIsOne(format: PlaylistFormat) throws {
        #expect(try PlaylistFile.render([], title: "", format: format).hasSuffix("\n"))
    }
}
