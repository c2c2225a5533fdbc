/// A song on the map.
public struct MapPoint: Equatable, Sendable {
    public var x: Float
    public var y: Float
    public var title: String
    public var artist: String
    /// The first is what it is coloured by.
    public var genres: [String]
    public var year: Int?
    /// Plays by all listeners together; 0 for a new song.
    public var plays: Int
    /// Its audio file, and the second from which a page plays it; nil for nothing to play.
    public var path: String?
    public var startSeconds: Double

    public init(
        x: Float, y: Float, title: String, artist: String, genres: [String] = [],
        year: Int? = nil, plays: Int = 0, path: String? = nil, startSeconds: Double = 0
    ) {
        self.x = x
        self.y = y
        self.title = title
        self.artist = artist
        self.genres = genres
        self.year = year
        self.plays = plays
        self.path = path
        self.startSeconds = startSeconds
    }

    public var isNew: Bool { plays == 0 }
}

/// What a map's colours say.
public enum MapColoring: String, Codable, CaseIterable, Sendable {
    case genre, artist, year, plays, new
}

/// What a map is drawn on; pages and SVG follow the reader's setting instead.
public enum MapTheme: String, Codable, CaseIterable, Sendable { case light, dark }

/// The songs' colours by one of their properties.
public struct ColorLayer: Equatable, Sendable {
    public enum Scale: Equatable, Sendable {
        /// Codes are places in `names`, most frequent first; the code behind the last is for all others.
        case categories(names: [String], counts: [Int], others: Int)
        /// Codes 0…254 run from the first to the last of five evenly spaced values; 255 is not known.
        case range(stops: [String], unknown: Int)

        /// Whether a code says that there is no category, or that the value is not known.
        func isOther(_ code: UInt8) -> Bool {
            switch self {
            case .categories(let names, _, _): Int(code) >= names.count
            case .range: code == 255
            }
        }

        /// Whether a code is drawn as a diamond: behind the eighth category the colours come again in that shape.
        func isDiamond(_ code: UInt8) -> Bool {
            if case .categories(let names, _, _) = self {
                return code >= 8 && Int(code) < names.count
            }
            return false
        }
    }
    public let coloring: MapColoring
    public let scale: Scale
    /// One a song.
    public let codes: [UInt8]

    /// More hues than eight cannot be told apart, least of all by the colour-blind. They come twice, the second time paler and, where
    /// dots are large enough to have a shape, as diamonds. The rest is grey.
    static let most = 16

    public init(_ points: [MapPoint], by coloring: MapColoring) {
        self.coloring = coloring
        switch coloring {
        case .genre: (scale, codes) = Self.categories(points.map { $0.genres.first ?? "" })
        case .artist: (scale, codes) = Self.categories(points.map(\.artist))
        case .new:
            codes = points.map { $0.isNew ? 0 : 1 }
            let new = points.count(where: \.isNew)
            scale = .categories(
                names: ["new", "played"], counts: [new, points.count - new], others: 0)
        case .year:
            let values = points.map { $0.year.map(Double.init) }
            (scale, codes) = Self.range(values) { String(Int($0)) }
        case .plays:
            // Plays are spread over powers of ten.
            let values = points.map { Double($0.plays + 1).squareRoot().squareRoot() }
            (scale, codes) = Self.range(values) {
                let plays = Int(($0 * $0 * $0 * $0).rounded()) - 1
                return plays == 1 ? "1 play" : "\(plays) plays"
            }
        }
    }

    /// By genre where at least a third of the songs have one, by artist where not.
    public static func standard(for points: [MapPoint]) -> MapColoring {
        3 * points.count { !$0.genres.isEmpty } >= points.count ? .genre : .artist
    }

    private static func categories(_ values: [String]) -> (Scale, [UInt8]) {
        var counts: [String: Int] = [:]
        for value in values where !value.isEmpty { counts[value, default: 0] += 1 }
        let top = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most)
        let code = Dictionary(uniqueKeysWithValues: zip(top.map(\.key), UInt8(0)...))
        let codes = values.map { code[$0] ?? UInt8(top.count) }
        let named = top.reduce(0) { $0 + $1.value }
        return (
            .categories(
                names: top.map(\.key), counts: top.map(\.value), others: values.count - named),
            codes
        )
    }

    private static func range(_ values: [Double?], _ text: (Double) -> String) -> (Scale, [UInt8]) {
        let known = values.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else {
            return (.range(stops: [], unknown: values.count), values.map { _ in 255 })
        }
        let width = max(high - low, .leastNormalMagnitude)
        return (
            .range(
                stops: (0...4).map { text(low + (high - low) * Double($0) / 4) },
                unknown: values.count - known.count),
            values.map { value in value.map { UInt8(254 * ($0 - low) / width) } ?? 255 }
        )
    }
}
