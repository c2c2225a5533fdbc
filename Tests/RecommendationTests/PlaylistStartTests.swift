import Foundation
import Testing

@testable import Recommendation

@Suite struct PlaylistStartTests {
    let tracks = [
        PlaylistTrack(
            path: "/m/a.flac", title: "A", artist: "X", album: nil, durationSeconds: 60,
            recordingMBID: nil, startSeconds: 12.34),
        PlaylistTrack(
            path: "/m/b.flac", title: "B", artist: "Y", album: nil, durationSeconds: 60,
            recordingMBID: nil),
    ]

    @Test func playersAreToldWhereToStart() throws {
        let text = try PlaylistFile.render(tracks, title: "t", format: .m3u8)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "#EXTM3U", "#PLAYLIST:t", "#EXTINF:60,X - A", "#EXTVLCOPT:start-time=12.3",
                "/m/a.flac", "#EXTINF:60,Y - B", "/m/b.flac",
            ])
        let xspf = try PlaylistFile.render(tracks, title: "t", format: .xspf)
        #expect(xspf.components(separatedBy: "start-time=12.3<").count == 2)
        let jspf = try PlaylistFile.render(tracks, title: "t", format: .jspf)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(jspf.utf8)) as? [String: Any])
        let list = try #require(
            (document["playlist"] as? [String: Any])?["track"] as? [[String: Any]])
        let extended = list[0]["extension"] as? [String: [[String: String]]]
        #expect(extended?.values.first?.first?["option"] == "start-time=12.3")
        #expect(list[1]["extension"] == nil)
    }
}
