/// What the colours mean, to the right of the map.
enum MapLegend {
    struct Row: Equatable {
        /// A colour's code; nil for a line of text alone.
        let code: UInt8?
        let text: String
        /// How many songs; empty for what is not counted.
        var count = ""
        let isRing: Bool
    }

    static let x = 944.0
    static let y = 84.0
    static let step = 28.0

    static func heading(_ scene: MapScene) -> String {
        switch scene.coloring {
        case .genre: "Genre"
        case .artist: "Artist"
        case .year: "Year"
        case .plays: "Plays"
        case .new: "New or played"
        }
    }

    static func rows(_ scene: MapScene) -> [Row] {
        var rows: [Row] = []
        switch scene.layer.scale {
        case .categories(let names, let counts, let others):
            for (i, name) in names.enumerated() where counts[i] > 0 {
                rows.append(
                    Row(
                        code: UInt8(i), text: shortened(name), count: grouped(counts[i]),
                        isRing: false))
            }
            if others > 0 {
                rows.append(
                    Row(
                        code: UInt8(names.count), text: "others", count: grouped(others),
                        isRing: false)
                )
            }
        case .range(let stops, let unknown):
            for (i, text) in stops.enumerated() {
                rows.append(Row(code: UInt8(i * 254 / 4), text: text, isRing: false))
            }
            if unknown > 0 {
                rows.append(
                    Row(code: 255, text: "not known", count: grouped(unknown), isRing: false))
            }
        }
        let new = scene.points.count(where: \.isNew)
        if scene.showsRings, new > 0 {
            rows.append(Row(code: nil, text: "new: nobody has played it", isRing: true))
        }
        return rows
    }

    static func svg(_ scene: MapScene) -> [String] {
        var lines = [
            #"<text class="faint" x="\#(x)" y="\#(y)" font-size="14" font-weight="600">\#(heading(scene))</text>"#
        ]
        for (i, row) in rows(scene).enumerated() {
            let middle = y + step * Double(i + 1)
            if let code = row.code {
                lines.append(
                    MapSVG.mark(code, scene.layer.scale, x: x + 7, y: middle, radius: 6.5) + "/>")
            } else if row.isRing {
                lines.append(
                    #"<circle class="ring" cx="\#(x + 7)" cy="\#(middle)" r="6.5" fill="none" stroke-width="1.2"/>"#
                )
            }
            lines.append(
                #"<text class="ink" x="\#(x + 24)" y="\#(middle)" font-size="15" dominant-baseline="central">\#(MapSVG.escaped(row.text))<tspan class="faint" dx="9" font-size="13">\#(row.count)</tspan></text>"#
            )
        }
        return lines
    }

    private static func shortened(_ name: String) -> String {
        name.count > 30 ? name.prefix(29) + "…" : name
    }
}
