import Foundation
import Matrices
import Testing

@testable import Projection

@Suite struct FilterPictureTests {
    /// Filters that answer to one band each, given in a shuffled order.
    private func filters(_ count: Int, bands: Int) -> [Matrix] {
        (0..<count).map { i in
            var filter = Matrix(rows: 4, columns: bands)
            for frame in 0..<4 {
                for width in -2...2 where (0..<bands).contains(i * 5 % count + width) {
                    filter[frame, i * 5 % count + width] = 1 - 0.3 * Float(abs(width))
                }
            }
            return filter
        }
    }

    @Test func alikeFiltersStandSideBySide() {
        let picture = FilterPicture(
            filters(16, bands: 16), bands: (1...16).map { Double($0) * 100 })
        #expect(picture.order.map { $0 * 5 % 16 } == Array(0..<16))
        #expect(picture.smoothness > 0.7)
        let noise = FilterPicture([normal(4, 2000)], bands: (1...2000).map(Double.init))
        #expect(abs(noise.smoothness) < 0.05)
    }

    @Test func negativeIsRedZeroWhitePositiveBlueOnOneScale() {
        let (red, white, blue) = (
            FilterPicture.color(-2), FilterPicture.color(0), FilterPicture.color(1)
        )
        #expect(white.hex == "#ffffff")
        #expect(red.red > 150 && red.blue < 80 && blue.blue > 150 && blue.red < 80)
        var strong = Matrix(rows: 4, columns: 3)
        strong[0, 0] = -3
        let picture = FilterPicture([strong, Matrix(rows: 4, columns: 3)], bands: [100, 200, 400])
        #expect(picture.limit == 3)
        let raster = picture.raster()
        // The lowest band of the first frame is at the foot; the row of cells starts at (left, top).
        let (x, y) = (FilterPicture.left * 2 + 1, (FilterPicture.top + 3 * 6) * 2 - 1)
        #expect(raster.bytes[4 * (y * raster.width + x)] == 0xB2)
        let above = 4 * ((FilterPicture.top * 2 + 1) * raster.width + x)
        #expect(Array(raster.bytes[above..<above + 3]) == [255, 255, 255])
        #expect(picture.svg().contains("kHz") == false && picture.svg().contains("200 Hz"))
    }
}
