import Foundation

/// The map as a scalable picture that follows the reader's light or dark setting.
public enum MapSVG {
    public static func draw(_ scene: MapScene) -> String {
        let (width, height) = (Int(MapScene.width), Int(MapScene.height))
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(width) \#(height)" width="\#(width)" height="\#(height)" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img">"#,
            "<title>\(escaped(scene.title))</title>",
            "<style>\(style(scene))</style>",
            #"<rect class="ground" width="100%" height="100%"/>"#,
            #"<text class="ink" x="32" y="38" font-size="19" font-weight="600">\#(escaped(scene.title))</text>"#,
        ]
        if scene.points.count > MapScene.mostCircles {
            let side = Int(2 * MapScene.plot.side)
            let (x, y, extent) = MapScene.plot
            for theme in MapTheme.allCases {
                let picture = MapRaster.dots(scene, side: side, palette: .of(theme))
                lines.append(
                    #"<image class="\#(theme.rawValue)" x="\#(x)" y="\#(y)" width="\#(extent)" height="\#(extent)" href="data:image/png;base64,\#(PNGFile.encode(picture).base64EncodedString())"/>"#
                )
            }
        } else {
            lines += circles(scene)
        }
        lines += names(scene)
        lines += MapLegend.svg(scene)
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func circles(_ scene: MapScene) -> [String] {
        let layer = scene.layer
        var lines: [String] = []
        var rings: [String] = []
        if scene.hasClouds {
            lines += [
                #"<filter id="soft" x="-5%" y="-5%" width="110%" height="110%"><feMorphology operator="dilate" radius="8"/><feGaussianBlur stdDeviation="14"/></filter>"#,
                ##"<use href="#dots" filter="url(#soft)" opacity="0.3"/>"##,
            ]
        }
        lines.append(#"<g id="dots" class="dots">"#)
        for i in scene.points.indices {
            let point = scene.points[i]
            let (x, y) = scene.place(i)
            if scene.showsRings, point.isNew {
                rings.append(
                    #"<circle class="ring" cx="\#(number(x))" cy="\#(number(y))" r="\#(number(scene.radius + 2.2))"/>"#
                )
            }
            lines.append(
                mark(layer.codes[i], layer.scale, x: x, y: y, radius: scene.radius)
                    + "><title>\(escaped("\(point.artist) – \(point.title)"))</title>"
                    + (layer.scale.isDiamond(layer.codes[i]) ? "</path>" : "</circle>")
            )
        }
        return lines + ["</g>"] + rings
    }

    private static func names(_ scene: MapScene) -> [String] {
        scene.placedNames().map { name in
            #"<text class="name" x="\#(number(name.x))" y="\#(number(name.y))" font-size="\#(number(name.size))" font-weight="\#(name.level == 0 ? 650 : 500)">\#(escaped(name.text))</text>"#
        }
    }

    /// A disc or a diamond, up to the end of its tag.
    static func mark(
        _ code: UInt8, _ scale: ColorLayer.Scale, x: Double, y: Double, radius: Double
    ) -> String {
        let name = name(code, scale)
        if scale.isDiamond(code) {
            let r = number(1.25 * radius)
            return
                #"<path class="\#(name)" d="M\#(number(x)) \#(number(y - 1.25 * radius))l\#(r) \#(r)-\#(r) \#(r)-\#(r)-\#(r)z""#
        }
        return
            #"<circle class="\#(name)" cx="\#(number(x))" cy="\#(number(y))" r="\#(number(radius))""#
    }

    /// Classes: c0…c15 for categories, r0…r31 for a range, o for others.
    static func name(_ code: UInt8, _ scale: ColorLayer.Scale) -> String {
        switch scale {
        case .categories(let names, _, _): Int(code) < names.count ? "c\(code)" : "o"
        case .range: code == 255 ? "o" : "r\(code / 8)"
        }
    }

    private static func style(_ scene: MapScene) -> String {
        """
        .dots *{fill-opacity:\(scene.opacity)} .dark{display:none} .ring{fill:none;stroke-width:1.1}
        .name{text-anchor:middle;dominant-baseline:central;paint-order:stroke;stroke-width:4;stroke-linejoin:round;stroke-opacity:.85}
        \(colors(.light, scene)) @media (prefers-color-scheme: dark){.dark{display:inline} .light{display:none} \(colors(.dark, scene))}
        """
    }

    private static func colors(_ palette: MapPalette, _ scene: MapScene) -> String {
        var rules =
            ".ground{fill:\(palette.background.hex)} .ink,.name{fill:\(palette.text.hex)} "
            + ".faint{fill:\(palette.faint.hex)} .name{stroke:\(palette.background.hex)} "
            + ".ring{stroke:\(palette.text.hex)} .o{fill:\(palette.other.hex)} "
        switch scene.layer.scale {
        case .categories(let names, _, _):
            for i in names.indices { rules += ".c\(i){fill:\(palette.category(i).hex)} " }
        case .range:
            for i in 0..<32 {
                rules += ".r\(i){fill:\(palette.ordered(Double(i) / 31).hex)} "
            }
        }
        return rules
    }

    static func number(_ value: Double) -> String {
        let text = String((value * 10).rounded() / 10)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // Control characters have no place in XML.
            case let c where c.value < 32 && c != "\n" && c != "\t": result += " "
            case "\u{FFFE}", "\u{FFFF}": result += " "
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
