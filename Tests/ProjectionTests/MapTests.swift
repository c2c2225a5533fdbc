import Foundation
import Matrices
import Testing

@testable import Projection

/// Three islands of one genre each and some songs between them; every fifth song is new.
private func world(_ count: Int = 300) -> [MapPoint] {
    var generator = SeededGenerator(seed: 8)
    let centres = [("ambient", 0.0, 30.0), ("chiptune", -25.0, -20.0), ("jazz", 25.0, -20.0)]
    return (0..<count).map { i in
        let (genre, x, y) = centres[i % 3]
        let stray = i % 20 == 0
        return MapPoint(
            x: Float(x * (stray ? 0 : 1) + 6 * generator.normal()),
            y: Float(y * (stray ? 0 : 1) + 6 * generator.normal()), title: "Song \(i)",
            artist: "Artist \(i % 30)", genres: stray ? [] : [genre], year: 1990 + i % 30,
            plays: i % 5 == 0 ? 0 : i)
    }
}

@Suite struct MapTests {
    @Test func denseAreasBearTheirGenresName() throws {
        let scene = MapScene(world())
        let names = scene.regions.filter { $0.level == 0 }
        #expect(Set(names.map(\.name)) == ["ambient", "chiptune", "jazz"])
        let ambient = try #require(names.first { $0.name == "ambient" })
        // y goes up in the plane and down in the picture.
        #expect(ambient.y < 0.4 && abs(ambient.x - 0.5) < 0.1)
        let chiptune = try #require(names.first { $0.name == "chiptune" })
        #expect(chiptune.x < 0.45 && chiptune.y > 0.5)
    }

    @Test func noNameLiesOverAnother() {
        for coloring in MapColoring.allCases {
            let names = MapScene(world(900), coloring: coloring).placedNames()
            #expect(names.count >= 3)
            for i in names.indices {
                for j in 0..<i { #expect(!names[i].overlaps(names[j])) }
            }
        }
    }

    @Test func colorsSayWhatTheyShould() {
        let points = world()
        let genres = ColorLayer(points, by: .genre)
        #expect(
            genres.scale
                == .categories(
                    names: ["ambient", "chiptune", "jazz"], counts: [95, 95, 95], others: 15))
        #expect(genres.codes[0] == 3 && genres.codes[1] == 1)
        let years = ColorLayer(points, by: .year)
        #expect(years.scale == .range(stops: ["1990", "1997", "2004", "2011", "2019"], unknown: 0))
        #expect(years.codes[0] == 0 && years.codes[29] == 254)
        guard case .range(let stops, 0) = ColorLayer(points, by: .plays).scale else {
            Issue.record("plays are no range")
            return
        }
        #expect(stops.first == "0 plays" && stops.last == "299 plays" && stops.count == 5)
        #expect(ColorLayer(points, by: .new).codes[0..<3] == [0, 1, 1])
        var many = points
        for i in many.indices { many[i].artist = "\(i % 40)" }
        guard case .categories(let names, _, let others) = ColorLayer(many, by: .artist).scale
        else {
            Issue.record("artists are no categories")
            return
        }
        #expect(names.count == 16 && others == 300 - 128)
        for i in many.indices { many[i].genres = [] }
        #expect(MapScene(many).coloring == .artist)
        #expect(MapScene(points).coloring == .genre)
    }

    @Test func picturesSurviveHostileTagsAndEmptyMaps() throws {
        var points = world(40)
        points[3].title = "</script><script>alert(1)</script>"
        points[4].artist = "\"A & <B>\u{0}\u{1F}\u{2028}"
        points[5].genres = ["&amp;<i>"]
        points[6].year = nil
        let svg = MapSVG.draw(MapScene(points))
        let parser = XMLNesting(svg)
        #expect(parser.isWellNested && svg.contains("&lt;/script&gt;"))
        let page = MapHTML.draw(MapScene(points))
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(!page.contains("http://") && !page.contains("https://"))
        #expect(page.contains("prefers-color-scheme"))
        for few in [[], Array(points.prefix(1)), Array(points.prefix(2))] {
            #expect(XMLNesting(MapSVG.draw(MapScene(few))).isWellNested)
            #expect(MapHTML.draw(MapScene(few)).hasSuffix("</html>\n"))
        }
    }

    @Test func newSongsAreRinged() {
        let scene = MapScene(world())
        let rings = MapSVG.draw(scene).components(separatedBy: "class=\"ring\"").count - 1
        #expect(rings == 60 + 1)
        #expect(scene.title.contains("60 of them new"))
    }

    @Test func manySongsBecomeAPictureOfBoundedSize() {
        let svg = MapSVG.draw(MapScene(world(40_000)))
        #expect(svg.contains("data:image/png;base64,") && !svg.contains("Song 17"))
        #expect(svg.utf8.count < 3_000_000)
    }

    /// A dozen songs at one place, and two islands: dots make room for each other, and nothing else moves.
    @Test func dotsOfFewSongsDoNotCoverEachOther() {
        var points = world(60)
        for i in 0..<12 { (points[i].x, points[i].y) = (200, 200) }
        points.append(MapPoint(x: -300, y: -300, title: "far", artist: "away"))
        let scene = MapScene(points)
        let least = 1.6 * scene.radius / MapScene.plot.side
        for i in scene.places.indices {
            for j in 0..<i {
                let (a, b) = (scene.places[i], scene.places[j])
                #expect(hypot(a.x - b.x, a.y - b.y) > least)
            }
        }
        // The dozen stays together around where it was: at most ten dots across.
        let dozen = scene.places.prefix(12)
        let x = dozen.reduce(0) { $0 + $1.x } / 12
        let y = dozen.reduce(0) { $0 + $1.y } / 12
        #expect(dozen.allSatisfy { hypot($0.x - x, $0.y - y) < 5 * least })
        #expect(MapScene(points).places.map(\.x) == scene.places.map(\.x))
        // Songs that had room stay where they were.
        let before = MapSpacing.apart([(0.2, 0.2), (0.8, 0.8)], distance: 0.1)
        #expect(before[0] == (0.2, 0.2) && before[1] == (0.8, 0.8))
    }

    @Test func colorsDifferAlsoInGrey() {
        for palette in [MapPalette.light, .dark] {
            #expect(Set(palette.categories.map(\.hex)).count == 8)
            func lightness(_ color: MapPalette.Color) -> Double {
                0.2126 * Double(color.red) + 0.7152 * Double(color.green)
                    + 0.0722 * Double(color.blue)
            }
            let ramp = (0...10).map { lightness(palette.ordered(Double($0) / 10)) }
            #expect(ramp == ramp.sorted())
            // What is drawn stands out from what it is drawn on.
            let ground = lightness(palette.background)
            for color in palette.categories { #expect(abs(lightness(color) - ground) > 50) }
        }
    }
}

/// Whether tags open and close in order: what a picture cut off or badly escaped would fail.
private struct XMLNesting {
    let isWellNested: Bool

    init(_ text: String) {
        var open: [Substring] = []
        var rest = text[...]
        var isWell = true
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            if tag.hasPrefix("/") {
                isWell = isWell && open.popLast() == tag.dropFirst()
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
            rest = rest[rest.index(after: end)...]
        }
        isWellNested = isWell && open.isEmpty && !rest.contains("<")
    }
}

@Suite struct MapPageTests {
    @Test func thePageKnowsWhereSongsAre() {
        #expect(MapHTML.folder(["file:///a/b/c.mp3", "file:///a/b/d/e.mp3"]) == "file:///a/b/")
        #expect(MapHTML.folder(["file:///a/b.mp3"]) == "file:///a/")
        // What is common must end at a folder: /a/song 1 and /a/song 2 share "/a/song ".
        #expect(MapHTML.folder(["file:///a/s%201", "file:///a/s%202"]) == "file:///a/")
        #expect(MapHTML.folder([]) == "")
        let points = (0..<6).map { i in
            MapPoint(
                x: Float(i), y: Float(i % 2), title: "t\(i)", artist: "a",
                path: i == 5 ? nil : "/m/ä \(i)/#.flac", startSeconds: 12.34)
        }
        let page = MapHTML.draw(MapScene(points))
        #expect(page.contains(#""base":"file:///m/""#))
        #expect(page.contains(#""%C3%A4%200/%23.flac","%C3%A4%201/%23.flac""#))
        #expect(page.contains(#"/%23.flac",""],"#) && page.contains("12.3"))
    }
}
