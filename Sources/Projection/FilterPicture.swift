import Foundation
import Matrices

/// The filters of a network's first layer as a picture: what each of them listens for (Dieleman 2014).
///
/// Time runs to the right, frequency upwards; negative weights are red, zero is white, positive ones blue, on one symmetric scale;
/// red lines stand between filters, and alike filters side by side.
public struct FilterPicture: Sendable {
    /// `[frames, bands]` each, in the order they are drawn.
    let filters: [Matrix]
    /// Where each of them was in what was given.
    public let order: [Int]
    /// Hz, ascending, `[bands]`.
    let bands: [Double]
    /// The weight that is full blue, and full red when negative; 99.8 % of the weights are no larger.
    public let limit: Float

    /// How alike weights of neighbouring bands are, their correlation in −1…1. What training shaped is smooth; the random numbers it
    /// starts from give 0.
    public let smoothness: Double

    static let perRow = 64
    static let left = 72
    static let top = 64
    static let gap = 26

    /// - Parameters:
    ///   - filters: `[frames, bands]` each, all of one shape; at least one.
    ///   - bands: the bands' frequencies, Hz, ascending.
    public init(_ filters: [Matrix], bands: [Double]) {
        precondition(filters.first.map { $0.columns == bands.count } ?? false)
        order = Self.order(filters)
        self.filters = order.map { filters[$0] }
        self.bands = bands
        smoothness = Self.smoothness(filters)
        let sizes = filters.flatMap { $0.storage.map(abs) }.sorted()
        limit = max(sizes[min(sizes.count - 1, sizes.count * 998 / 1000)], .leastNormalMagnitude)
    }

    private var frames: Int { filters[0].rows }
    private var rows: Int { (filters.count + Self.perRow - 1) / Self.perRow }
    private var columns: Int { min(filters.count, Self.perRow) }
    /// Units a cell, and units a filter with the line behind it.
    private var cell: (width: Int, height: Int) { (4, bands.count > 64 ? 3 : 6) }
    private var pitch: Int { frames * cell.width + 2 }
    private var blockHeight: Int { bands.count * cell.height }
    var width: Int { max(Self.left + columns * pitch + 30, 620) }
    var height: Int { Self.top + rows * (blockHeight + Self.gap) + 44 }

    static func smoothness(_ filters: [Matrix]) -> Double {
        var (products, squares) = (0.0, 0.0)
        for filter in filters {
            for frame in 0..<filter.rows {
                for band in 1..<max(1, filter.columns) {
                    let (a, b) = (Double(filter[frame, band - 1]), Double(filter[frame, band]))
                    products += a * b
                    squares += (a * a + b * b) / 2
                }
            }
        }
        return squares > 0 ? products / squares : 0
    }

    /// From one end of a chain to the other: each time to the most alike that is left, by cosine, starting with the one whose
    /// weight lies lowest.
    static func order(_ filters: [Matrix]) -> [Int] {
        let d = filters.first?.storage.count ?? 0
        let unit = Matrix(rows: filters.count, columns: d, storage: filters.flatMap(\.storage))
            .unitRows()
        func centre(_ filter: Matrix) -> Double {
            var (sum, moment) = (0.0, 0.0)
            for (i, value) in filter.storage.enumerated() {
                sum += Double(value * value)
                moment += Double(value * value) * Double(i % filter.columns)
            }
            return sum > 0 ? moment / sum : .infinity
        }
        let centres = filters.map(centre)
        var left = Set(filters.indices)
        guard var last = filters.indices.min(by: { centres[$0] < centres[$1] }) else { return [] }
        var chain = [last]
        left.remove(last)
        while !left.isEmpty {
            let here = unit.row(last)
            let next = left.map { (index: $0, score: dot(unit.row($0), here)) }
                .max { ($0.score, -$0.index) < ($1.score, -$1.index) }
            last = next?.index ?? last
            chain.append(last)
            left.remove(last)
        }
        return chain
    }

    /// Red for −1, white for 0, blue for 1.
    static func color(_ value: Float) -> MapPalette.Color {
        let share = Double(min(1, max(-1, value)))
        return MapPalette.Color(0xFFFFFF).mixed(
            with: MapPalette.Color(share < 0 ? 0xB2182B : 0x2166AC), abs(share))
    }

    private func origin(_ i: Int) -> (x: Int, y: Int) {
        (
            Self.left + i % Self.perRow * pitch,
            Self.top + i / Self.perRow * (blockHeight + Self.gap)
        )
    }

    /// The frequencies an axis names, with their height above a block's foot in units.
    private var ticks: [(text: String, height: Double)] {
        var ticks: [(text: String, height: Double)] = []
        for hertz in [10000.0, 5000, 2000, 1000, 500, 200, 100, 50] {
            guard let above = bands.firstIndex(where: { $0 >= hertz }), above > 0 else { continue }
            let share = (hertz - bands[above - 1]) / (bands[above] - bands[above - 1])
            let height = (Double(above) - 0.5 + share) * Double(cell.height)
            // Low ones lie too close together to be read.
            if let last = ticks.last, last.height - height < 14 { continue }
            ticks.append(
                (hertz >= 1000 ? "\(Int(hertz / 1000)) kHz" : "\(Int(hertz)) Hz", height))
        }
        return ticks
    }

    private var title: String {
        "\(filters.count) filters of the first layer: \(frames) frames by \(bands.count) mel bands, alike ones side by side"
    }

    private var legend: String {
        "red \(text(-limit)), white 0, blue \(text(limit)); stronger weights are drawn as these. Time to the right, frequency upwards."
    }

    private func text(_ value: Float) -> String {
        String(format: "%.3g", Double(value)).replacing("-", with: "−")
    }

    /// Cells and red lines at `zoom` pixels a unit.
    private func drawCells(_ zoom: Int, on raster: inout Raster) {
        func fill(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: MapPalette.Color) {
            let value = Raster.value(color, 1)
            for row in y * zoom..<(y + height) * zoom {
                for column in x * zoom..<(x + width) * zoom {
                    raster.pixels[row * raster.width + column] = value
                }
            }
        }
        for (i, filter) in filters.enumerated() {
            let (x, y) = origin(i)
            for frame in 0..<frames {
                for band in bands.indices {
                    fill(
                        x + frame * cell.width, y + (bands.count - 1 - band) * cell.height,
                        cell.width, cell.height, Self.color(filter[frame, band] / limit))
                }
            }
            let isLast = i == filters.count - 1 || (i + 1) % Self.perRow == 0
            if !isLast {
                fill(x + frames * cell.width, y, 2, blockHeight, MapPalette.Color(0xD62728))
            }
        }
    }

    /// One filter alone, a pixel a weight, as a PNG file.
    /// - Parameter index: its place in what was given.
    public func tile(_ index: Int) -> Data? {
        guard let place = order.firstIndex(of: index) else { return nil }
        var raster = Raster(width: frames, height: bands.count)
        for frame in 0..<frames {
            for band in bands.indices {
                raster.pixels[(bands.count - 1 - band) * frames + frame] = Raster.value(
                    Self.color(filters[place][frame, band] / limit), 1)
            }
        }
        return PNGFile.encode(raster)
    }

    /// Two pixels a unit.
    public func raster() -> Raster {
        let zoom = 2.0
        var raster = Raster(
            width: width * 2, height: height * 2, background: MapPalette.Color(0xFFFFFF))
        drawCells(2, on: &raster)
        let ink = MapPalette.Color(0x22252B)
        func write(_ text: String, _ x: Double, _ y: Double, _ size: Double) {
            RasterText.draw(
                text.replacing("−", with: "-"), x: x * zoom, y: y * zoom, size: size * zoom,
                weight: 1.1, color: ink, on: &raster)
        }
        write(title, 20, 24, 14)
        write(legend, 20, 44, 11)
        for row in 0..<rows {
            let foot = Double(origin(row * Self.perRow).y + blockHeight)
            for tick in ticks {
                let size = RasterText.width(tick.text, size: 10.5)
                write(tick.text, Double(Self.left) - 8 - size, foot - tick.height, 10.5)
            }
        }
        return raster
    }

    /// The picture as SVG: its cells as pixels inside, everything else as lines and text.
    public func svg() -> String {
        var cells = Raster(width: width, height: height)
        drawCells(1, on: &cells)
        var lines = [
            ##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \##(width) \##(height)" width="\##(width)" height="\##(height)" font-family="system-ui, 'DejaVu Sans', sans-serif" fill="#22252b">"##,
            ##"<rect width="100%" height="100%" fill="#fff"/>"##,
            #"<text x="20" y="28" font-size="15" font-weight="600">\#(title)</text>"#,
            #"<text x="20" y="48" font-size="12">\#(legend)</text>"#,
            #"<image width="\#(width)" height="\#(height)" style="image-rendering:pixelated" href="data:image/png;base64,\#(PNGFile.encode(cells).base64EncodedString())"/>"#,
        ]
        for row in 0..<rows {
            let foot = Double(origin(row * Self.perRow).y + blockHeight)
            for tick in ticks {
                let y = MapSVG.number(foot - tick.height)
                lines.append(
                    ##"<path d="M\##(Self.left - 5) \##(y)h4" stroke="#22252b"/><text x="\##(Self.left - 8)" y="\##(y)" font-size="11" text-anchor="end" dominant-baseline="central">\##(tick.text)</text>"##
                )
            }
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }
}
