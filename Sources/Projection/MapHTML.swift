import Foundation

/// The map as one page that needs nothing from outside: pan, zoom, search, the song under the pointer, a choice of colours.
public enum MapHTML {
    private struct Layer: Encodable {
        let id: String
        let names: [String]
        let counts: [Int]
        let others: Int
        let low: String
        let high: String
        /// Base64, a byte a song.
        let codes: String
        let isRange: Bool
    }

    private struct Region: Encodable {
        let name: String
        let x: Double
        let y: Double
        let songs: Double
        let level: Int
        let spread: Double
    }

    private struct Palette: Encodable {
        let ground: String
        let panel: String
        let ink: String
        let faint: String
        let other: String
        let colors: [String]
        let ramp: [String]

        init(_ palette: MapPalette) {
            ground = palette.background.hex
            panel = palette.panel.hex
            ink = palette.text.hex
            faint = palette.faint.hex
            other = palette.other.hex
            colors = (0..<ColorLayer.most).map { palette.category($0).hex }
            ramp = (0..<32).map { palette.ordered(Double($0) / 31).hex }
        }
    }

    private struct Content: Encodable {
        let title: String
        let coloring: String
        /// Base64 of little-endian 16-bit x, y, x, y …, 0…65535 over the unit square.
        let places: String
        let titles: [String]
        let artists: [String]
        let genres: [String]
        let years: [Int]
        let plays: [Int]
        /// The songs' addresses: what all have in common, and the rest of each; "" for none.
        let base: String
        let files: [String]
        /// Seconds from which they are played.
        let starts: [Double]
        let layers: [Layer]
        let regions: [Region]
        let light: Palette
        let dark: Palette
    }

    public static func draw(_ scene: MapScene) -> String {
        var places = Data(capacity: 4 * scene.places.count)
        for place in scene.places {
            for value in [place.x, place.y] {
                let code = UInt16(min(max(value, 0), 1) * 65535)
                places.append(UInt8(code & 255))
                places.append(UInt8(code >> 8))
            }
        }
        let addresses = scene.points.map {
            $0.path.map { URL(fileURLWithPath: $0).absoluteString } ?? ""
        }
        let base = Self.folder(addresses.filter { !$0.isEmpty })
        let content = Content(
            title: scene.title, coloring: scene.coloring.rawValue,
            places: places.base64EncodedString(), titles: scene.points.map(\.title),
            artists: scene.points.map(\.artist),
            genres: scene.points.map { $0.genres.joined(separator: "; ") },
            years: scene.points.map { $0.year ?? 0 }, plays: scene.points.map(\.plays), base: base,
            files: addresses.map { $0.isEmpty ? "" : String($0.dropFirst(base.count)) },
            starts: scene.points.map { ($0.startSeconds * 10).rounded() / 10 },
            layers: scene.layers.map(layer),
            regions: scene.regions.prefix(400).map {
                Region(
                    name: $0.name, x: ($0.x * 1e4).rounded() / 1e4, y: ($0.y * 1e4).rounded() / 1e4,
                    songs: ($0.songs * 10).rounded() / 10, level: $0.level,
                    spread: ($0.spread * 1e4).rounded() / 1e4)
            }, light: Palette(.light), dark: Palette(.dark))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let json =
            (try? encoder.encode(content)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        // A tag that says "</script>" must not end the page's own.
        let safe = json.replacing("<", with: "\\u003c")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
        return MapPage.head(title: MapSVG.escaped(scene.title)) + "<script>const map = " + safe
            + ";</script>\n<script>" + MapPage.script + "</script>\n</body></html>\n"
    }

    /// The folder that all addresses lie below, with its slash.
    static func folder(_ addresses: [String]) -> String {
        guard var common = addresses.first else { return "" }
        for address in addresses.dropFirst() { common = common.commonPrefix(with: address) }
        return common.lastIndex(of: "/").map { String(common[...$0]) } ?? ""
    }

    private static func layer(_ layer: ColorLayer) -> Layer {
        let codes = Data(layer.codes).base64EncodedString()
        switch layer.scale {
        case .categories(let names, let counts, let others):
            return Layer(
                id: layer.coloring.rawValue, names: names, counts: counts, others: others, low: "",
                high: "", codes: codes, isRange: false)
        case .range(let stops, let unknown):
            return Layer(
                id: layer.coloring.rawValue, names: [], counts: [], others: unknown,
                low: stops.first ?? "", high: stops.last ?? "", codes: codes, isRange: true)
        }
    }
}
