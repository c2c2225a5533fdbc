import Foundation

/// Letters of seven by five dots whose neighbouring dots are joined by round strokes: enough for the names on a picture, without
/// a font file. What is not Latin becomes "·"; accents are dropped.
enum RasterText {
    /// Five columns a letter from "!" to "~", the lowest bit on top.
    private static let letters: [UInt64] = [
        0x00_005F_0000, 0x00_0700_0700, 0x14_7F14_7F14, 0x24_2A7F_2A12, 0x23_1308_6462,
        0x36_4956_2050,
        0x00_0007_0000, 0x00_1C22_4100, 0x00_4122_1C00, 0x2A_1C7F_1C2A, 0x08_083E_0808,
        0x00_8070_0000,
        0x08_0808_0808, 0x00_0060_0000, 0x20_1008_0402, 0x3E_5149_453E, 0x00_427F_4000,
        0x62_5149_4946,
        0x22_4149_4936, 0x18_1412_7F10, 0x27_4545_4539, 0x3C_4A49_4930, 0x01_7109_0503,
        0x36_4949_4936,
        0x06_4949_291E, 0x00_0024_0000, 0x00_4034_0000, 0x00_0814_2241, 0x14_1414_1414,
        0x41_2214_0800,
        0x02_0159_0906, 0x3E_415D_594E, 0x7C_1211_127C, 0x7F_4949_4936, 0x3E_4141_4122,
        0x7F_4141_413E,
        0x7F_4949_4941, 0x7F_0909_0901, 0x3E_4141_5132, 0x7F_0808_087F, 0x00_417F_4100,
        0x20_4041_3F01,
        0x7F_0814_2241, 0x7F_4040_4040, 0x7F_020C_027F, 0x7F_0408_107F, 0x3E_4141_413E,
        0x7F_0909_0906,
        0x3E_4151_215E, 0x7F_0919_2946, 0x26_4949_4932, 0x01_017F_0101, 0x3F_4040_403F,
        0x1F_2040_201F,
        0x3F_4038_403F, 0x63_1408_1463, 0x03_0478_0403, 0x61_5149_4543, 0x00_7F41_4100,
        0x02_0408_1020,
        0x00_4141_7F00, 0x04_0201_0204, 0x40_4040_4040, 0x00_0102_0400, 0x20_5454_5478,
        0x7F_4844_4438,
        0x38_4444_4420, 0x38_4444_487F, 0x38_5454_5418, 0x08_7E09_0102, 0x18_A4A4_A47C,
        0x7F_0804_0478,
        0x00_447D_4000, 0x40_8084_7D00, 0x7F_1028_4400, 0x00_417F_4000, 0x7C_0418_0478,
        0x7C_0804_0478,
        0x38_4444_4438, 0xFC_2424_2418, 0x18_2424_18FC, 0x7C_0804_0408, 0x48_5454_5420,
        0x04_3F44_4020,
        0x3C_4040_207C, 0x1C_2040_201C, 0x3C_4030_403C, 0x44_2810_2844, 0x1C_A0A0_A07C,
        0x44_6454_4C44,
        0x00_0836_4100, 0x00_007F_0000, 0x00_4136_0800, 0x08_0408_1008,
    ]

    static func folded(_ text: String) -> String {
        let latin = text.folding(options: [.diacriticInsensitive, .widthInsensitive], locale: nil)
        return String(
            latin.unicodeScalars.map { scalar in
                switch scalar {
                case "–", "—": "-"
                case "’", "‘": "'"
                case "…": "."
                case let c where c.value >= 32 && c.value < 127: Character(c)
                default: "\u{B7}"
                }
            })
    }

    /// Width of a text whose capitals are `0.7 * size` high.
    static func width(_ text: String, size: Double) -> Double {
        folded(text).reduce(0) { $0 + Double(extent($1).width + 1) } * size / 10 - size / 10
    }

    /// The first of a letter's columns that has a dot, and how many columns it takes.
    private static func extent(_ letter: Character) -> (first: Int, width: Int) {
        guard let code = letter.asciiValue, code > 32, code < 127 else { return (1, 3) }
        let columns = letters[Int(code) - 33]
        let used = (0..<5).filter { columns >> UInt64(8 * (4 - $0)) & 255 != 0 }
        return ((used.first ?? 0), (used.last ?? 4) - (used.first ?? 0) + 1)
    }

    /// Strokes of a letter in dots: from (column, row) to (column, row).
    private static func strokes(_ letter: Character) -> [(SIMD2<Float>, SIMD2<Float>)] {
        guard letter != " " else { return [] }
        guard let code = letter.asciiValue, code > 32, code < 127 else {
            return [(SIMD2(2, 3), SIMD2(2, 3))]
        }
        let columns = letters[Int(code) - 33]
        func isSet(_ column: Int, _ row: Int) -> Bool {
            guard (0..<5).contains(column), (0..<8).contains(row) else { return false }
            return columns >> UInt64(8 * (4 - column) + row) & 1 == 1
        }
        var found: [(SIMD2<Float>, SIMD2<Float>)] = []
        for column in 0..<5 {
            for row in 0..<8 where isSet(column, row) {
                let start = SIMD2(Float(column), Float(row))
                var isAlone = true
                for (dx, dy) in [(1, 0), (0, 1), (1, 1), (1, -1)] where isSet(column + dx, row + dy)
                {
                    // A diagonal would fill the corner of two strokes.
                    let isCorner = dx != 0 && dy != 0
                    if isCorner, isSet(column + dx, row) || isSet(column, row + dy) { continue }
                    isAlone = false
                    found.append((start, start + SIMD2(Float(dx), Float(dy))))
                }
                if isAlone { found.append((start, start)) }
            }
        }
        return found
    }

    /// Writes a text with its middle line at `y`, from `x` on; `weight` is the strokes' width in dots.
    static func draw(
        _ text: String, x: Double, y: Double, size: Double, weight: Double,
        color: MapPalette.Color, opacity: Double = 1, on raster: inout Raster
    ) {
        let dot = Float(size / 10)
        let value = Raster.value(color, opacity)
        let half = Float(weight) / 2 * dot
        var next = Float(x)
        for letter in folded(text) {
            let (first, width) = extent(letter)
            let left = next + dot / 2 - Float(first) * dot
            next += Float(width + 1) * dot
            let top = Float(y) - 3 * dot
            let strokes = strokes(letter).map { a, b in
                (SIMD2(left, top) + a * dot, SIMD2(left, top) + b * dot)
            }
            guard !strokes.isEmpty else { continue }
            let reach = Double(half) + 1
            raster.shape(
                left: Double(left) - reach, right: Double(left + 5 * dot) + reach,
                top: Double(top) - reach, bottom: Double(top + 8 * dot) + reach, value
            ) { px, py in
                var nearest = Float.infinity
                for (a, b) in strokes {
                    let along = b - a
                    let length = (along * along).sum()
                    let p = SIMD2(px, py) - a
                    let t = length > 0 ? min(1, max(0, (p * along).sum() / length)) : 0
                    let d = p - along * t
                    nearest = min(nearest, (d * d).sum())
                }
                return half + 0.5 - nearest.squareRoot()
            }
        }
    }
}
