import Foundation
import Matrices
import Recommendation
import Testing

@Suite struct RecommendationTests {
    func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return Matrix(
            rows: rows, columns: columns,
            storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    @Test func indexFindsWhatSortingFinds() {
        let items = random(500, 13, seed: 1)
        let query = Array(random(1, 13, seed: 2).row(0))
        for metric in VectorIndex.Metric.allCases {
            let rows = metric == .cosine ? items.unitRows() : items
            let sorted = (0..<500).sorted {
                dot(rows.row($0), query[...]) > dot(rows.row($1), query[...])
            }
            let found = VectorIndex(items, metric: metric).nearest(to: query, count: 10)
            #expect(found.map(\.index) == Array(sorted.prefix(10)))
            let even = VectorIndex(items, metric: metric).nearest(to: query, count: 5) {
                $0 % 2 == 0
            }
            #expect(even.map(\.index) == Array(sorted.filter { $0 % 2 == 0 }.prefix(5)))
        }
        #expect(VectorIndex(items, metric: .dot).nearest(to: [1, 2], count: 3).isEmpty)
    }

    @Test func rankerKeepsItsPromises() {
        let candidates = (0..<60).map {
            Candidate(
                index: $0, score: $0 == 7 ? .nan : Float(60 - $0), artist: "artist \($0 / 10)",
                recording: "recording \($0 / 2)", popularity: $0)
        }
        var ranker = Ranker()
        let list = ranker.rank(candidates, count: 10)
        #expect(list.map(\.index) == [0, 2, 10, 12, 20, 22, 30, 32, 40, 42])
        ranker.maxPerArtist = 0
        #expect(ranker.rank(candidates, count: 5).map(\.index) == [0, 2, 4, 6, 8])
        ranker.discovery = 1
        #expect(ranker.rank(candidates.reversed(), count: 1).first?.popularity == 0)
        #expect(ranker.rank([], count: 5).isEmpty)
    }

    @Test func contributionsSumUpToTheScore() {
        let songs = random(30, 6, seed: 3)
        let played = [
            (song: 2, confidence: 9.0), (song: 11, confidence: 3.0), (song: 20, confidence: 41.0),
        ]
        let explanation = Explanation(songs: songs, played: played, regularization: 0.5)
        // The listener's factors by the contributions to each unit vector, checked against the normal equations.
        let factors = (0..<6).map { axis in
            explanation.contributions(to: (0..<6).map { $0 == axis ? 1 : 0 }).reduce(0) {
                $0 + $1.share
            }
        }
        for axis in 0..<6 {
            var left = 0.5 * factors[axis]
            var right = 0.0
            for song in 0..<30 {
                let c = played.first { $0.song == song }?.confidence ?? 1
                let score = (0..<6).reduce(0.0) { $0 + Double(songs[song, $1]) * factors[$1] }
                left += c * score * Double(songs[song, axis])
                if c > 1 { right += c * Double(songs[song, axis]) }
            }
            #expect(abs(left - right) < 1e-6)
        }
        let item = Array(songs.row(5))
        let shares = explanation.contributions(to: item)
        let score = zip(item, factors).reduce(0) { $0 + Double($1.0) * $1.1 }
        #expect(abs(shares.reduce(0) { $0 + $1.share } - score) < 1e-9)
        #expect(shares == shares.sorted { $0.share > $1.share } as [(song: Int, share: Double)])
    }

    @Test func playlistsAreEscaped() throws {
        let track = PlaylistTrack(
            path: "/music/ä & <b>/#1 song.mp3", title: "Line\nbreak & <more>", artist: "Ä",
            album: nil,
            durationSeconds: 61.6, recordingMBID: "b1a9c0e9-d987-4042-ae91-78d6a3267d69")
        let m3u = try PlaylistFile.render(
            [track], title: "T", format: .m3u8, relativeTo: URL(fileURLWithPath: "/music/ä & <b>"))
        #expect(m3u == "#EXTM3U\n#PLAYLIST:T\n#EXTINF:62,Ä - Line break & <more>\n./#1 song.mp3\n")
        let xspf = try PlaylistFile.render([track], title: "T & T", format: .xspf)
        #expect(
            xspf.contains(
                "<location>file:///music/%C3%A4%20&amp;%20%3Cb%3E/%231%20song.mp3</location>"))
        #expect(xspf.contains("<title>T &amp; T</title>") && xspf.contains("&lt;more&gt;"))
        let jspf = try PlaylistFile.render([track], title: "T", format: .jspf)
        let object = try JSONSerialization.jsonObject(with: Data(jspf.utf8)) as? [String: Any]
        let list = (object?["playlist"] as? [String: Any])?["track"] as? [[String: Any]]
        #expect(
            (list?.first?["identifier"] as? [String]) == [
                "https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69"
            ])
    }

    @Test func pathGoesFromEndToEnd() {
        // Songs on a quarter circle: the way is along it.
        let items = Matrix(
            rows: 91, columns: 2,
            storage: (0...90).flatMap {
                [Float(cos(Double($0) * .pi / 180)), Float(sin(Double($0) * .pi / 180))]
            })
        let path = SongPath.between(0, 90, count: 10, items: items)
        #expect(path == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
        #expect(SongPath.between(4, 4, count: 5, items: items) == [4])
        #expect(PlaylistOrder.flow(items.selectingRows([0, 80, 20, 60, 40])) == [0, 2, 4, 3, 1])
    }
}

private func == (a: [(song: Int, share: Double)], b: [(song: Int, share: Double)]) -> Bool {
    a.map(\.song) == b.map(\.song)
}
