import Foundation
import Testing

@testable import Projection

/// What people see of the colours, those with normal vision and those without the red, the green or the blue cones.
@Suite struct ColorVisionTests {
    /// CIEDE2000 is checked on pairs of the data set that Sharma, Wu & Dalal published with their notes on it (2005).
    @Test(arguments: [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082),
    ])
    func theDifferenceIsThePublishedOne(a: [Double], b: [Double], expected: Double) {
        #expect(abs(ColorDifference.ciede2000(a, b) - expected) < 1e-4)
        #expect(abs(ColorDifference.ciede2000(b, a) - expected) < 1e-4)
    }

    @Test(arguments: MapTheme.allCases, Vision.allCases)
    func categoriesAreToldApart(theme: MapTheme, vision: Vision) {
        let palette = MapPalette.of(theme)
        let seen = palette.categories.map(vision.lab)
        for i in seen.indices {
            for j in 0..<i {
                let difference = ColorDifference.ciede2000(seen[i], seen[j])
                #expect(
                    difference >= 10,
                    "\(palette.categories[i].hex) and \(palette.categories[j].hex): \(difference)")
            }
            // From the background and from the grey of all others too.
            #expect(ColorDifference.ciede2000(seen[i], vision.lab(palette.background)) >= 20)
            #expect(ColorDifference.ciede2000(seen[i], vision.lab(palette.other)) >= 9)
        }
    }

    /// The five stops that a legend names.
    @Test(arguments: MapTheme.allCases, Vision.allCases)
    func orderedColoursAreToldApart(theme: MapTheme, vision: Vision) {
        let seen = (0...4).map { vision.lab(MapPalette.of(theme).ordered(Double($0) / 4)) }
        for i in 1..<seen.count {
            #expect(seen[i][0] > seen[i - 1][0])
            #expect(ColorDifference.ciede2000(seen[i], seen[i - 1]) >= 7)
        }
    }

    /// Red against blue, by their strength: negative and positive weights.
    @Test(arguments: Vision.allCases) func weightsSignsAreToldApart(vision: Vision) {
        for share in [0.25, 0.5, 1] as [Float] {
            let (less, more) = (FilterPicture.color(-share), FilterPicture.color(share))
            // A quarter of the full strength is pale, and still nearly as far apart.
            let least = share < 0.5 ? 8.0 : 10
            #expect(ColorDifference.ciede2000(vision.lab(less), vision.lab(more)) >= least)
        }
    }
}

/// Machado, Oliveira & Fernandes 2009: what a person sees who lacks one kind of cone, on linear RGB.
enum Vision: String, CaseIterable, Sendable {
    case normal, protanopia, deuteranopia, tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .protanopia:
            [
                [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        case .deuteranopia:
            [
                [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ]
        case .tritanopia:
            [
                [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ]
        }
    }

    /// CIE L*a*b* under D65.
    func lab(_ color: MapPalette.Color) -> [Double] {
        let linear = [color.red, color.green, color.blue].map { value -> Double in
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        let seen = Self.times(matrix, linear).map { min(1, max(0, $0)) }
        let xyz = Self.times(
            [
                [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ], seen)
        let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white -> Double in
            let share = value / white
            return share > 216.0 / 24389 ? cbrt(share) : (24389.0 / 27 * share + 16) / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    private static func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}

enum ColorDifference {
    /// CIEDE2000 of two L*a*b* colours; 1 is just seen side by side, 10 at a glance.
    static func ciede2000(_ one: [Double], _ two: [Double]) -> Double {
        let degree = Double.pi / 180
        func seventh(_ c: Double) -> Double { (pow(c, 7) / (pow(c, 7) + pow(25, 7))).squareRoot() }
        let mean = (hypot(one[1], one[2]) + hypot(two[1], two[2])) / 2
        let stretch = 1 + 0.5 * (1 - seventh(mean))
        func polar(_ color: [Double]) -> (chroma: Double, hue: Double) {
            let a = stretch * color[1]
            let hue = atan2(color[2], a) / degree
            return (hypot(a, color[2]), hue < 0 ? hue + 360 : hue)
        }
        let (p, q) = (polar(one), polar(two))
        let isGrey = p.chroma * q.chroma == 0
        var turn = isGrey ? 0 : q.hue - p.hue
        if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        let (lightness, chroma) = (two[0] - one[0], q.chroma - p.chroma)
        let hue = 2 * (p.chroma * q.chroma).squareRoot() * sin(turn / 2 * degree)
        let (l, c) = ((one[0] + two[0]) / 2, (p.chroma + q.chroma) / 2)
        var h = p.hue + q.hue
        if !isGrey {
            h = abs(p.hue - q.hue) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2
        }
        let t =
            1 - 0.17 * cos((h - 30) * degree) + 0.24 * cos(2 * h * degree)
            + 0.32 * cos((3 * h + 6) * degree) - 0.2 * cos((4 * h - 63) * degree)
        let rotation =
            -sin(60 * exp(-pow((h - 275) / 25, 2)) * degree) * 2 * seventh(c)
        let sl = 1 + 0.015 * pow(l - 50, 2) / (20 + pow(l - 50, 2)).squareRoot()
        let (x, y, z) = (lightness / sl, chroma / (1 + 0.045 * c), hue / (1 + 0.015 * c * t))
        return (x * x + y * y + z * z + rotation * y * z).squareRoot()
    }
}
