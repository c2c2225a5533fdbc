import Foundation
import Matrices

/// A map ready to be drawn: places, colours and names, in a frame of 1,280 × 960 units.
public struct MapScene: Sendable {
    static let width = 1280.0
    static let height = 960.0
    /// The square the songs lie in.
    static let plot = (x: 24.0, y: 56.0, side: 880.0)

    public let points: [MapPoint]
    /// Places in the unit square, y downwards.
    public let places: [(x: Double, y: Double)]
    public let coloring: MapColoring
    public let layers: [ColorLayer]
    public let regions: [MapRegion]

    /// - Parameter coloring: nil for genres, or artists where too few songs have one.
    public init(_ points: [MapPoint], coloring: MapColoring? = nil) {
        self.points = points
        self.coloring = coloring ?? ColorLayer.standard(for: points)
        layers = MapColoring.allCases.map { ColorLayer(points, by: $0) }
        // Somewhat less than two radii, so that an island still looks like one.
        places = MapSpacing.apart(
            Self.places(points), distance: 1.7 * Self.radius(points.count) / Self.plot.side)
        regions = MapRegions.find(points, at: places)
    }

    var layer: ColorLayer { layers.first { $0.coloring == coloring } ?? layers[0] }

    /// A dot's radius: as large as lets neighbours stand apart, on average.
    var radius: Double { Self.radius(points.count) }

    static func radius(_ count: Int) -> Double {
        min(5.5, max(0.55, 0.19 * plot.side / Double(max(1, count)).squareRoot()))
    }

    /// How much of the background a dot hides.
    var opacity: Double {
        points.count < 2000
            ? 0.88 : points.count < 20_000 ? 0.7 : points.count < 100_000 ? 0.6 : 0.5
    }

    /// Above this, dots are drawn as a picture: no reader draws 300,000 circles.
    static let mostCircles = 12_000

    /// A soft cloud behind the dots, so that areas of one colour are seen as such; where dots are many they are one themselves.
    var hasClouds: Bool { points.count <= 6000 }
    static let cloud = (reach: 4.5, opacity: 0.055)

    /// Around every dot of a new song, while dots are few enough to look at one.
    var showsRings: Bool { points.count <= 6000 && points.contains { !$0.isNew } }

    var title: String {
        let new = points.count(where: \.isNew)
        return "\(grouped(points.count)) songs by how they are heard and played"
            + (new > 0 && new < points.count ? ", \(grouped(new)) of them new" : "")
    }

    func place(_ i: Int) -> (x: Double, y: Double) {
        (Self.plot.x + places[i].x * Self.plot.side, Self.plot.y + places[i].y * Self.plot.side)
    }

    private static func places(_ points: [MapPoint]) -> [(x: Double, y: Double)] {
        let xs = points.map { Double($0.x) }
        let ys = points.map { Double($0.y) }
        guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max()
        else { return [] }
        let side = max(right - left, high - low, 1e-9) * 1.06
        return zip(xs, ys).map {
            (
                0.5 + ($0 - (left + right) / 2) / side,
                0.5 - ($1 - (low + high) / 2) / side
            )
        }
    }

    /// The names that fit, largest areas first, none over another; with the size they are written in.
    public func placedNames() -> [PlacedName] {
        var placed: [PlacedName] = []
        for region in regions where region.level == 0 || placed.count < 24 {
            // Artists stand between the genres only where a map is small enough to care.
            if region.level == 1, coloring != .artist, points.count > 3000 || region.songs < 4 {
                continue
            }
            let share = region.songs / Double(max(1, points.count))
            let size =
                region.level == 0 ? min(25, 14 + 60 * share) : coloring == .artist ? 14 : 11.5
            // A small area would lie hidden under its name, which stands above it.
            let spread = region.spread * Self.plot.side
            let above = spread < 20 ? 1.6 * spread + radius + 0.6 * size + 3 : 0
            let (x, y) = (
                Self.plot.x + region.x * Self.plot.side, Self.plot.y + region.y * Self.plot.side
            )
            // Below where there is no room above; at the map's edge as far in as its length needs.
            for offset in above > 0 ? [-above, above] : [0] {
                let half = PlacedName.halfWidth(region.name, size: size)
                let inside = (5 + half)...max(5 + half, Self.plot.x + Self.plot.side + 39 - half)
                let name = PlacedName(
                    text: region.name, x: min(max(x, inside.lowerBound), inside.upperBound),
                    y: y + offset, size: size, level: region.level)
                let isTwin = placed.contains {
                    $0.text == name.text && hypot($0.x - name.x, $0.y - name.y) < 160
                }
                guard !isTwin, abs(name.x - x) < 60, !placed.contains(where: { $0.overlaps(name) })
                else { continue }
                placed.append(name)
                break
            }
        }
        return placed
    }
}

/// A name with its place in the frame: the middle of its text.
public struct PlacedName: Equatable, Sendable {
    public let text: String
    public let x: Double
    public let y: Double
    /// Height of its letters.
    public let size: Double
    public let level: Int

    /// Letters are about 0.58 of their height wide; the frame around them keeps names apart.
    static func halfWidth(_ text: String, size: Double) -> Double {
        0.29 * size * Double(text.count) + 6
    }

    var halfWidth: Double { Self.halfWidth(text, size: size) }
    var left: Double { x - halfWidth }
    var right: Double { x + halfWidth }

    func overlaps(_ other: PlacedName) -> Bool {
        abs(x - other.x) < halfWidth + other.halfWidth
            && abs(y - other.y) < 0.62 * (size + other.size) + 3
    }
}

/// 12345 as 12,345.
func grouped(_ value: Int) -> String {
    var text = ""
    for (i, digit) in String(value).reversed().enumerated() {
        if i > 0 && i % 3 == 0 { text = "," + text }
        text = String(digit) + text
    }
    return text
}
