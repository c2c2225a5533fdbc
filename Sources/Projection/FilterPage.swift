import Foundation

/// What excites a network's units, as one page that needs nothing from outside.
public enum FilterPage {
    public struct Song: Encodable, Sendable {
        public let title: String
        public let artist: String
        /// Where the page can play it from; nil for nowhere.
        public let url: String?

        public init(title: String, artist: String, url: String?) {
            self.title = title
            self.artist = artist
            self.url = url
        }
    }

    public struct Moment: Encodable, Sendable {
        /// The song's row.
        public let song: Int
        /// Seconds into its file.
        public let second: Double
        public let activation: Float
        /// A PNG of the moment; nil where there is none to be drawn.
        public let strip: String?

        public init(song: Int, second: Double, activation: Float, strip: Data?) {
            self.song = song
            self.second = (second * 100).rounded() / 100
            self.activation = (activation * 1000).rounded() / 1000
            self.strip = strip?.base64EncodedString()
        }
    }

    public struct Unit: Encodable, Sendable {
        public let index: Int
        public let label: String
        public let evidence: [String]
        /// Its weights, a PNG; nil where they are no picture.
        public let weights: String?
        public let moments: [Moment]
        public let means: [Moment]
        /// False where the label says only that there is nothing to say.
        public let isNamed: Bool
        /// An audio file of its moments, relative to the page; nil where there is none.
        public let montage: String?

        public init(
            index: Int, label: String, evidence: [String], weights: Data?, moments: [Moment],
            means: [Moment], isNamed: Bool, montage: String? = nil
        ) {
            self.index = index
            self.label = label
            self.evidence = evidence
            self.weights = weights?.base64EncodedString()
            self.moments = moments
            self.means = means
            self.isNamed = isNamed
            self.montage = montage
        }
    }

    /// One end of a factor.
    public struct FactorEnd: Encodable, Sendable {
        /// What its songs have in common; nil for nothing.
        public let words: String?
        public let evidence: [String]
        /// Songs' rows, the most extreme first.
        public let songs: [Int]

        public init(words: String?, evidence: [String], songs: [Int]) {
            self.words = words
            self.evidence = evidence
            self.songs = songs
        }
    }

    public struct Factor: Encodable, Sendable {
        public let index: Int
        /// Of the variance, 0…1.
        public let share: Double
        /// Correlation of sound with plays; nil where nothing can be said.
        public let heard: Double?
        public let high: FactorEnd
        public let low: FactorEnd

        public init(index: Int, share: Double, heard: Double?, high: FactorEnd, low: FactorEnd) {
            self.index = index
            self.share = share
            self.heard = heard
            self.high = high
            self.low = low
        }
    }

    /// What the dimensions of the taste space are like.
    public struct Factors: Encodable, Sendable {
        /// Lines of text above them.
        public let about: [String]
        public let factors: [Factor]

        public init(about: [String], factors: [Factor]) {
            self.about = about
            self.factors = factors
        }
    }

    public struct Layer: Encodable, Sendable {
        public let name: String
        /// Seconds that a unit hears at once.
        public let reach: Double
        /// Seconds that a strip shows, the moment in its middle.
        public let shown: Double
        /// How its units differ, in a few words.
        public let about: String
        public let units: [Unit]

        public init(name: String, reach: Double, shown: Double, about: String, units: [Unit]) {
            self.name = name
            self.reach = reach
            self.shown = shown
            self.about = about
            self.units = units
        }
    }

    private struct Content: Encodable {
        let songs: [Song]
        let layers: [Layer]
        let factors: Factors?
    }

    /// - Parameters:
    ///   - picture: the first layer's filters as SVG.
    ///   - about: a few lines on how to read the page, each a paragraph.
    ///   - factors: nil for none.
    public static func draw(
        title: String, about: [String], picture: String, songs: [Song], layers: [Layer],
        factors: Factors? = nil
    ) -> String {
        let data = PageScript.json(Content(songs: songs, layers: layers, factors: factors))
        let image = Data(picture.utf8).base64EncodedString()
        let lines = about.map { "<p>\(MapSVG.escaped($0))</p>" }.joined(separator: "\n")
        return PageStyle.head(title: MapSVG.escaped(title), style: style) + """
            <header><h1>\(MapSVG.escaped(title))</h1>\(lines)</header>
            <details open class="first"><summary>The first layer's filters</summary><div><img alt="The first layer's filters: time to the right, frequency upwards" src="data:image/svg+xml;base64,\(image)"></div></details>
            <nav id="layers" aria-label="Layers"></nav>
            <div class="tools"><p id="layer"></p><input id="q" type="search" placeholder="Find a note, band, genre, song …" aria-label="Find units"><label><input id="named" type="checkbox"> only those with a name</label></div>
            <main id="units"></main><div id="more"></div><audio id="audio"></audio>
            <script>const page = \(data);</script>
            <script>\(script)</script></body></html>

            """
    }
}

/// Values inside a page's script.
enum PageScript {
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let json = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        // A tag that says "</script>" must not end the page's own.
        return json.replacing("<", with: "\\u003c")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
    }
}
