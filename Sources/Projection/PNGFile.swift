import CZlib
import Foundation

/// Portable Network Graphics (ISO/IEC 15948): 8 bits a channel, red, green, blue, alpha.
public enum PNGFile {
    public static func encode(_ raster: Raster) -> Data {
        let stride = 4 * raster.width
        let bytes = raster.bytes
        // Every row is led by its filter: "up" (2), the difference from the row above, where it is smooth.
        var rows: [UInt8] = []
        rows.reserveCapacity((stride + 1) * raster.height)
        for y in 0..<raster.height {
            rows.append(2)
            for x in 0..<stride {
                rows.append(bytes[y * stride + x] &- (y > 0 ? bytes[(y - 1) * stride + x] : 0))
            }
        }
        return file(width: raster.width, height: raster.height, depth: 8, color: 6, rows: rows)
    }

    /// The file around filtered rows.
    static func file(
        width: Int, height: Int, depth: UInt8, color: UInt8, rows: [UInt8], palette: [UInt8] = [],
        level: Int32 = 6
    ) -> Data {
        var length = compressBound(uLong(rows.count))
        var compressed = [UInt8](repeating: 0, count: Int(length))
        // Fails only when the buffer is too small, and compressBound says how large it must be.
        compress2(&compressed, &length, rows, uLong(rows.count), level)
        var header: [UInt8] = []
        for value in [width, height] {
            for shift in [24, 16, 8, 0] { header.append(UInt8(value >> shift & 255)) }
        }
        header += [depth, color, 0, 0, 0]
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        append("IHDR", header, to: &file)
        if !palette.isEmpty { append("PLTE", palette, to: &file) }
        append("IDAT", Array(compressed.prefix(Int(length))), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    private static func append(_ name: String, _ content: [UInt8], to file: inout Data) {
        let body = Array(name.utf8) + content
        func number(_ value: UInt32) {
            for shift: UInt32 in [24, 16, 8, 0] { file.append(UInt8(value >> shift & 255)) }
        }
        number(UInt32(content.count))
        file.append(contentsOf: body)
        number(UInt32(crc32(0, body, uInt(body.count))))
    }
}
