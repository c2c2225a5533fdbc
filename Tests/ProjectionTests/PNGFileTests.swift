import CZlib
import Foundation
import Testing

@testable import Projection

@Suite struct PNGFileTests {
    /// Reads back what is written: the header, the inflated rows with their filter undone.
    private func decode(_ data: Data) -> (width: Int, height: Int, pixels: [UInt8])? {
        let bytes = [UInt8](data)
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else {
            return nil
        }
        let (width, height) = (number(16), number(20))
        var at = 8
        var packed: [UInt8] = []
        while at + 12 <= bytes.count {
            let length = number(at)
            let body = Array(bytes[at + 4..<at + 8 + length])
            guard Int(crc32(0, body, uInt(body.count))) == number(at + 8 + length) else {
                return nil
            }
            if body.prefix(4) == Array("IDAT".utf8)[...] { packed += body.dropFirst(4) }
            at += 12 + length
        }
        var rows = [UInt8](repeating: 0, count: (4 * width + 1) * height)
        var length = uLong(rows.count)
        guard uncompress(&rows, &length, packed, uLong(packed.count)) == Z_OK else { return nil }
        var pixels = [UInt8](repeating: 0, count: 4 * width * height)
        for y in 0..<height {
            guard rows[y * (4 * width + 1)] == 2 else { return nil }
            for x in 0..<4 * width {
                pixels[y * 4 * width + x] =
                    rows[y * (4 * width + 1) + 1 + x]
                    &+ (y > 0 ? pixels[(y - 1) * 4 * width + x] : 0)
            }
        }
        return (width, height, pixels)
    }

    @Test func whatIsDrawnIsInTheFile() throws {
        var raster = Raster(width: 31, height: 17, background: MapPalette.Color(0x102030))
        raster.disc(x: 10.5, y: 8.5, radius: 4, color: MapPalette.Color(0xFF8000), opacity: 1)
        let found = try #require(decode(PNGFile.encode(raster)))
        #expect(found.width == 31 && found.height == 17 && found.pixels == raster.bytes)
        #expect(Array(found.pixels[0..<4]) == [0x10, 0x20, 0x30, 255])
        let middle = 4 * (8 * 31 + 10)
        #expect(Array(found.pixels[middle..<middle + 4]) == [255, 128, 0, 255])
    }

    @Test func nothingIsTransparentAndHalfIsHalf() {
        var raster = Raster(width: 9, height: 9)
        raster.disc(x: 4.5, y: 4.5, radius: 2, color: MapPalette.Color(0xFFFFFF), opacity: 0.5)
        #expect(Array(raster.bytes[0..<4]) == [0, 0, 0, 0])
        #expect(Array(raster.bytes[4 * 40..<4 * 41]) == [255, 255, 255, 128])
    }

    @Test func textAndDotsBeyondTheEdgeAreCutOff() {
        var raster = Raster(width: 20, height: 20)
        for place in [-50.0, -1, 19.5, 21, 500] {
            raster.disc(
                x: place, y: place, radius: 3, color: MapPalette.Color(0xFF0000), opacity: 1)
            RasterText.draw(
                "Ünïcode 音楽 ~", x: place, y: place, size: 12, weight: 1.2,
                color: MapPalette.Color(0xFF0000), on: &raster)
        }
        #expect(raster.bytes.contains(255))
    }

    @Test func everyLetterHasItsOwnShape() {
        var shapes: Set<[UInt8]> = []
        for code in UInt8(33)..<127 {
            var raster = Raster(width: 16, height: 20)
            RasterText.draw(
                String(UnicodeScalar(code)), x: 2, y: 10, size: 16, weight: 1.2,
                color: MapPalette.Color(0xFFFFFF), on: &raster)
            shapes.insert(raster.bytes)
        }
        #expect(shapes.count == 94)
    }
}
