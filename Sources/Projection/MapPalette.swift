/// Colours that the colour-blind tell apart: near Okabe & Ito's eight, moved so that each two differ by a CIEDE2000 of 10 at least for
/// normal vision, protanopia, deuteranopia and tritanopia (ColorVisionTests); and cividis (Nuñez, Anderton & Renslow 2018) for what has
/// an order.
public struct MapPalette: Equatable, Sendable {
    public struct Color: Equatable, Sendable {
        public let red: UInt8
        public let green: UInt8
        public let blue: UInt8

        public init(_ hex: UInt32) {
            red = UInt8(hex >> 16 & 255)
            green = UInt8(hex >> 8 & 255)
            blue = UInt8(hex & 255)
        }

        public var hex: String {
            "#"
                + [red, green, blue].map { value in
                    let text = String(value, radix: 16)
                    return text.count < 2 ? "0" + text : text
                }.joined()
        }

        func mixed(with other: Color, _ share: Double) -> Color {
            func mix(_ a: UInt8, _ b: UInt8) -> UInt32 {
                UInt32((Double(a) + (Double(b) - Double(a)) * share).rounded())
            }
            return Color(
                mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
        }
    }

    public let background: Color
    public let panel: Color
    public let text: Color
    public let faint: Color
    /// Songs of no category, or of one too small for a colour.
    public let other: Color
    public let categories: [Color]
    let ramp: [Color]

    public static let light = MapPalette(
        background: Color(0xFBFAF7), panel: Color(0xFFFFFF), text: Color(0x22252B),
        faint: Color(0x7A7F89), other: Color(0xB4B8C0),
        categories: [
            0x0075BF, 0xD96C00, 0x2E9A6E, 0xC979AB, 0xEDA20D, 0x4CB6EF, 0x7D6B37, 0x574784,
        ].map(Color.init),
        ramp: [0x00204D, 0x31446B, 0x666970, 0x958F78, 0xC5B252, 0xE8CC2E].map(Color.init))

    public static let dark = MapPalette(
        background: Color(0x14161B), panel: Color(0x1D2027), text: Color(0xECEDEF),
        faint: Color(0x9298A3), other: Color(0x5D636E),
        categories: [
            0x1693FF, 0xE3570C, 0x0BB995, 0xFC758B, 0xE6A931, 0x92D6FF, 0xF1E84E, 0x9F96C2,
        ].map(Color.init),
        ramp: [0x3B5B96, 0x5E6A8C, 0x83827F, 0xA99D74, 0xD2BB57, 0xFFEA46].map(Color.init))

    public static func of(_ theme: MapTheme) -> MapPalette { theme == .light ? .light : .dark }

    /// The colour of a category: the eight, then paler ones of the same hues.
    func category(_ index: Int) -> Color {
        let color = categories[index % categories.count]
        return index < categories.count ? color : color.mixed(with: background, 0.38)
    }

    /// The colour at `place` in 0…1 of what has an order.
    public func ordered(_ place: Double) -> Color {
        let scaled = min(max(place, 0), 1) * Double(ramp.count - 1)
        let index = min(Int(scaled), ramp.count - 2)
        return ramp[index].mixed(with: ramp[index + 1], scaled - Double(index))
    }

    func color(_ code: UInt8, _ scale: ColorLayer.Scale) -> Color {
        switch scale {
        case .categories(let names, _, _):
            Int(code) < names.count ? category(Int(code)) : other
        case .range: code == 255 ? other : ordered(Double(code) / 254)
        }
    }
}
