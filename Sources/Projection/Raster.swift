/// A picture being drawn: premultiplied red, green, blue and alpha, 0…1, row after row from the top.
public struct Raster: Sendable {
    public let width: Int
    public let height: Int
    var pixels: [SIMD4<Float>]

    /// - Parameter background: nil for a transparent one.
    public init(width: Int, height: Int, background: MapPalette.Color? = nil) {
        self.width = width
        self.height = height
        let fill = background.map { Self.value($0, 1) } ?? .zero
        pixels = Array(repeating: fill, count: width * height)
    }

    static func value(_ color: MapPalette.Color, _ opacity: Double) -> SIMD4<Float> {
        let alpha = Float(opacity)
        return SIMD4(
            Float(color.red) / 255 * alpha, Float(color.green) / 255 * alpha,
            Float(color.blue) / 255 * alpha, alpha)
    }

    @inline(__always)
    private mutating func blend(_ at: Int, _ value: SIMD4<Float>, _ coverage: Float) {
        let source = value * coverage
        pixels[at] = pixels[at] * (1 - source.w) + source
    }

    /// A disc with smooth edges; a ring where `thickness` is given. Coordinates are in pixels.
    /// - Parameter edge: the outer share of the radius over which the disc fades.
    mutating func disc(
        x: Double, y: Double, radius: Double, thickness: Double? = nil, edge: Double = 0,
        color: MapPalette.Color,
        opacity: Double
    ) {
        let value = Self.value(color, opacity)
        shape(
            left: x - radius - 1, right: x + radius + 1, top: y - radius - 1,
            bottom: y + radius + 1, value
        ) { px, py in
            let dx = px - Float(x)
            let dy = py - Float(y)
            let distance = (dx * dx + dy * dy).squareRoot()
            if let thickness {
                return Float(thickness) / 2 + 0.5 - abs(distance - Float(radius))
            }
            return (Float(radius) + 0.5 - distance) / max(1, Float(edge * radius))
        }
    }

    /// A square on its corner with smooth edges, as large as a disc of this radius.
    mutating func diamond(
        x: Double, y: Double, radius: Double, color: MapPalette.Color, opacity: Double
    ) {
        let reach = 1.25 * radius
        shape(
            left: x - reach - 1, right: x + reach + 1, top: y - reach - 1, bottom: y + reach + 1,
            Self.value(color, opacity)
        ) { px, py in
            (Float(reach) - abs(px - Float(x)) - abs(py - Float(y))) * 0.707 + 0.5
        }
    }

    /// Calls `coverage` for the pixels of a box; it is clamped to 0…1.
    mutating func shape(
        left: Double, right: Double, top: Double, bottom: Double, _ value: SIMD4<Float>,
        coverage: (Float, Float) -> Float
    ) {
        guard right >= 0, bottom >= 0, left < Double(width), top < Double(height) else { return }
        let columns = max(0, Int(left))...min(width - 1, Int(right))
        let rows = max(0, Int(top))...min(height - 1, Int(bottom))
        for row in rows {
            for column in columns {
                let share = coverage(Float(column) + 0.5, Float(row) + 0.5)
                if share > 0 { blend(row * width + column, value, min(1, share)) }
            }
        }
    }

    /// Red, green, blue and alpha, a byte each, as PNG wants them: not premultiplied.
    var bytes: [UInt8] {
        var result = [UInt8](repeating: 0, count: 4 * pixels.count)
        for (i, pixel) in pixels.enumerated() where pixel.w > 0 {
            for channel in 0..<3 {
                result[4 * i + channel] = UInt8(min(255, 255 * pixel[channel] / pixel.w + 0.5))
            }
            result[4 * i + 3] = UInt8(min(255, 255 * pixel.w + 0.5))
        }
        return result
    }
}
