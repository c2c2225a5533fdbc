import Foundation

extension PNGFile {
    /// A picture of at most 16 colours, half a byte a pixel.
    /// - Parameters:
    ///   - indices: `[height, width]`, each 0…15, row after row from the top.
    ///   - palette: the colours they stand for, at most 16.
    public static func encode(
        width: Int, height: Int, indices: [UInt8], palette: [MapPalette.Color]
    ) -> Data {
        precondition(indices.count == width * height && palette.count <= 16)
        var rows: [UInt8] = []
        for y in 0..<height {
            // Differences of packed pixels mean nothing: no filter.
            rows.append(0)
            for x in stride(from: 0, to: width, by: 2) {
                let second = x + 1 < width ? indices[y * width + x + 1] : 0
                rows.append(indices[y * width + x] << 4 | second & 15)
            }
        }
        return file(
            width: width, height: height, depth: 4, color: 3, rows: rows,
            palette: palette.flatMap { [$0.red, $0.green, $0.blue] }, level: 9)
    }
}
