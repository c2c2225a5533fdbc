/// The map as pixels.
public enum MapRaster {
    /// The whole picture, 2,560 × 1,920 pixels.
    public static func draw(_ scene: MapScene, theme: MapTheme) -> Raster {
        let palette = MapPalette.of(theme)
        let zoom = 2.0
        var raster = Raster(
            width: Int(MapScene.width * zoom), height: Int(MapScene.height * zoom),
            background: palette.background)
        dots(scene, palette, zoom, offset: (MapScene.plot.x, MapScene.plot.y), on: &raster)
        func write(
            _ text: String, _ x: Double, _ y: Double, _ size: Double, _ weight: Double,
            _ color: MapPalette.Color
        ) {
            RasterText.draw(
                text, x: x * zoom, y: y * zoom, size: size * zoom, weight: weight, color: color,
                on: &raster)
        }
        for name in scene.placedNames() {
            let left = name.x - RasterText.width(name.text, size: name.size) / 2
            let weight = name.level == 0 ? 1.3 : 1.05
            write(name.text, left, name.y, name.size, weight + 2.4, palette.background)
            write(name.text, left, name.y, name.size, weight, palette.text)
        }
        write(scene.title, 32, 32, 18, 1.2, palette.text)
        write(MapLegend.heading(scene), MapLegend.x, MapLegend.y - 5, 14, 1.2, palette.faint)
        for (i, row) in MapLegend.rows(scene).enumerated() {
            let middle = MapLegend.y + MapLegend.step * Double(i + 1)
            let x = (MapLegend.x + 7) * zoom
            if let code = row.code {
                mark(
                    code, scene.layer.scale, palette, x, middle * zoom, 6.5 * zoom, 1, on: &raster)
            } else {
                raster.disc(
                    x: x, y: middle * zoom, radius: 6.5 * zoom, thickness: 1.2 * zoom,
                    color: palette.text, opacity: 1)
            }
            write(row.text, MapLegend.x + 24, middle, 14, 1.1, palette.text)
            let end = MapLegend.x + 33 + RasterText.width(row.text, size: 14)
            write(row.count, end, middle, 12, 1.1, palette.faint)
        }
        return raster
    }

    private static func mark(
        _ code: UInt8, _ scale: ColorLayer.Scale, _ palette: MapPalette, _ x: Double, _ y: Double,
        _ radius: Double, _ opacity: Double, on raster: inout Raster
    ) {
        let color = palette.color(code, scale)
        if scale.isDiamond(code) {
            raster.diamond(x: x, y: y, radius: radius, color: color, opacity: opacity)
        } else {
            raster.disc(x: x, y: y, radius: radius, color: color, opacity: opacity)
        }
    }

    /// The dots alone over nothing, `side` pixels high and wide.
    static func dots(_ scene: MapScene, side: Int, palette: MapPalette) -> Raster {
        var raster = Raster(width: side, height: side)
        dots(scene, palette, Double(side) / MapScene.plot.side, offset: (0, 0), on: &raster)
        return raster
    }

    private static func dots(
        _ scene: MapScene, _ palette: MapPalette, _ zoom: Double, offset: (x: Double, y: Double),
        on raster: inout Raster
    ) {
        let layer = scene.layer
        let side = MapScene.plot.side
        func place(_ i: Int) -> (x: Double, y: Double) {
            (
                (offset.x + scene.places[i].x * side) * zoom,
                (offset.y + scene.places[i].y * side) * zoom
            )
        }
        if scene.hasClouds {
            for i in scene.places.indices {
                let (x, y) = place(i)
                raster.disc(
                    x: x, y: y,
                    radius: scene.radius * MapScene.cloud.reach * zoom, edge: 0.5,
                    color: palette.color(layer.codes[i], layer.scale),
                    opacity: MapScene.cloud.opacity)
            }
        }
        // Songs of no category lie below the others: of many genres most are too small for a colour.
        let isOther = layer.codes.map { layer.scale.isOther($0) }
        for isBelow in [true, false] {
            for i in scene.places.indices where isOther[i] == isBelow {
                let (x, y) = place(i)
                mark(
                    layer.codes[i], layer.scale, palette, x, y, scene.radius * zoom,
                    scene.opacity, on: &raster)
            }
        }
        guard scene.showsRings else { return }
        for i in scene.places.indices where scene.points[i].isNew {
            let (x, y) = place(i)
            raster.disc(
                x: x, y: y, radius: (scene.radius + 2.2) * zoom, thickness: 1.1 * zoom,
                color: palette.text, opacity: 0.9)
        }
    }
}
