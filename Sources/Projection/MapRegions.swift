import Foundation

/// A name on the map: what the songs around it have in common.
public struct MapRegion: Equatable, Sendable {
    public let name: String
    /// In the map's unit square.
    public let x: Double
    public let y: Double
    /// Songs that carry the name around here.
    public let songs: Double
    /// 0 for genres, 1 for artists, whose areas are smaller.
    public let level: Int
    /// How far its songs lie from (x, y), root mean square, in the unit square.
    public let spread: Double
}

/// Names for a map's dense areas, from its songs' tags.
///
/// For every frequent tag the density of its songs is taken on a grid, smoothed by a Gaussian. Where it peaks, and the tag makes
/// up enough of all songs there, stands its name; a tag that fills several areas stands in each.
public enum MapRegions {
    private static let size = 96

    /// - Parameter places: of the points in the unit square.
    public static func find(_ points: [MapPoint], at places: [(x: Double, y: Double)])
        -> [MapRegion]
    {
        let all = points.indices.map { $0 }
        let genres = Dictionary(
            grouping: all.flatMap { i in Set(points[i].genres).map { ($0, i) } }, by: \.0)
        let artists = Dictionary(grouping: all, by: { points[$0].artist })
        return regions(
            genres.mapValues { $0.map(\.1) }, places, smoothing: 2.6, share: 0.4, level: 0)
            + regions(artists, places, smoothing: 1.3, share: 0.5, level: 1)
    }

    private static func regions(
        _ tags: [String: [Int]], _ places: [(x: Double, y: Double)], smoothing: Double,
        share: Double, level: Int
    ) -> [MapRegion] {
        let least = max(3, places.count / 2000)
        let frequent = tags.filter { !$0.key.isEmpty && $0.value.count >= least }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(150)
        let total = density(places.indices.map { $0 }, places, smoothing)
        var found: [MapRegion] = []
        for (name, songs) in frequent {
            let own = density(songs, places, smoothing)
            let highest = own.max() ?? 0
            for row in 1..<size - 1 {
                for column in 1..<size - 1 {
                    let at = row * size + column
                    let value = own[at]
                    guard value > 0.4 * highest, value > share * total[at] else { continue }
                    let around = [
                        -size - 1, -size, -size + 1, -1, 1, size - 1, size, size + 1,
                    ]
                    // Of equal neighbours the first stands for all.
                    guard
                        around.allSatisfy({ $0 < 0 ? own[at + $0] < value : own[at + $0] <= value })
                    else { continue }
                    let x = (Double(column) + 0.5) / Double(size)
                    let y = (Double(row) + 0.5) / Double(size)
                    let reach = 3 * smoothing / Double(size)
                    let squares = songs.map { song in
                        pow(places[song].x - x, 2) + pow(places[song].y - y, 2)
                    }.filter { $0 < reach * reach }
                    found.append(
                        MapRegion(
                            name: name, x: x, y: y,
                            songs: value * 2 * .pi * smoothing * smoothing, level: level,
                            spread: (squares.reduce(0, +) / Double(max(1, squares.count)))
                                .squareRoot()))
                }
            }
        }
        return found.sorted { ($1.songs, $0.name) < ($0.songs, $1.name) }
    }

    /// Songs a cell, `[size, size]`, smoothed.
    private static func density(
        _ songs: [Int], _ places: [(x: Double, y: Double)], _ smoothing: Double
    ) -> [Double] {
        var grid = [Double](repeating: 0, count: size * size)
        for song in songs {
            let column = min(size - 1, max(0, Int(places[song].x * Double(size))))
            let row = min(size - 1, max(0, Int(places[song].y * Double(size))))
            grid[row * size + column] += 1
        }
        let reach = Int(3 * smoothing) + 1
        let raw = (-reach...reach).map {
            exp(-Double($0 * $0) / (2 * smoothing * smoothing))
        }
        let sum = raw.reduce(0, +)
        let weights = raw.map { $0 / sum }
        func smoothed(_ values: [Double], step: Int, across: Int) -> [Double] {
            var result = [Double](repeating: 0, count: values.count)
            for line in 0..<size {
                for i in 0..<size {
                    let value = values[line * across + i * step]
                    guard value > 0 else { continue }
                    for k in max(-reach, -i)...min(reach, size - 1 - i) {
                        result[line * across + (i + k) * step] += value * weights[k + reach]
                    }
                }
            }
            return result
        }
        return smoothed(smoothed(grid, step: 1, across: size), step: size, across: 1)
    }
}
