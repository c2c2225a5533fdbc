import Testing

@testable import Library

@Suite struct ExclusionTests {
    @Test func rulesAreRead() throws {
        #expect(try Exclusion("genre:Christmas") == .genre("Christmas"))
        #expect(try Exclusion("Artist: The Band") == .artist("The Band"))
        #expect(try Exclusion("longer:10:00") == .longer(600))
        #expect(try Exclusion("shorter:1:00:30") == .shorter(3630))
        #expect(try Exclusion("longer:90") == .longer(90))
        #expect(try Exclusion("before:1990") == .before(1990))
        #expect(try Exclusion("metal") == .name("metal"))
        #expect(try Exclusion("Cave: In") == .name("Cave: In"))
    }

    @Test(arguments: [
        ("gnere:rock", "is no rule"), ("longer:soon", "no length"), ("longer:", "no length"),
        ("longer:-5", "no length"), ("before:then", "no year"), ("artist:", "nothing to exclude"),
        (" ", "nothing to exclude"), ("longer:nan", "no length"),
    ])
    func mistakesAreTold(text: String, reason: String) {
        #expect { _ = try Exclusion(text) } throws: { "\($0)".contains(reason) }
    }

    @Test func namesMatchWithoutCaseAndAccents() throws {
        var track = SmallLibrary.track(0)
        track.artist = "Björk, Arca"
        track.genres = "Art Pop; Electronic"
        for rule in ["bjork", "artist:ARCA", "genre:art pop", "artist:Björk, Arca"] {
            #expect(try Exclusion(rule).matches(track), "\(rule)")
        }
        for rule in ["genre:pop", "artist:art pop", "album:Björk", "after:1970", "longer:1:40"] {
            #expect(try !Exclusion(rule).matches(track), "\(rule)")
        }
        track.year = nil
        #expect(try !Exclusion("before:2030").matches(track))
    }

    @Test func christmasIsToldByWords() {
        func isChristmas(_ title: String, _ artist: String = "A", genres: String = "") -> Bool {
            var track = SmallLibrary.track(0)
            track.title = title
            track.artist = artist
            track.genres = genres
            return Season.isChristmas(
                title: track.title, album: track.album, genres: track.genres)
        }
        #expect(isChristmas("Last Christmas") && isChristmas("Petit Papa Noël"))
        #expect(isChristmas("Weihnachtslied") && isChristmas("Jingle Bells (Remix)"))
        #expect(isChristmas("Hallelujah", genres: "Pop; Christmas"))
        #expect(!isChristmas("Wonderwall", "Noel Gallagher") && !isChristmas("Snow Patrol"))
    }
}
