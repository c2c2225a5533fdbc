import Foundation

/// Room for every dot where they are few: dots that lie over each other are pushed apart until they touch, so that each song of a dense
/// island can be seen and pointed at. Islands grow a little; where they lie stays as it is.
enum MapSpacing {
    /// More dots than this are looked at as areas.
    static let most = 3000
    private static let rounds = 200

    /// - Parameters:
    ///   - places: in the unit square.
    ///   - distance: the least one between two dots, in the same unit.
    static func apart(_ places: [(x: Double, y: Double)], distance: Double) -> [(
        x: Double, y: Double
    )] {
        guard places.count > 1, places.count <= most, distance > 0 else { return places }
        var now = places
        for _ in 0..<rounds {
            var cells: [SIMD2<Int>: [Int]] = [:]
            for (i, place) in now.enumerated() {
                cells[cell(place, distance), default: []].append(i)
            }
            var moves = [SIMD2<Double>](repeating: .zero, count: now.count)
            var worst = 0.0
            for i in now.indices {
                let home = cell(now[i], distance)
                for dx in -1...1 {
                    for dy in -1...1 {
                        for j in cells[home &+ SIMD2(dx, dy)] ?? [] where j < i {
                            let apart = SIMD2(now[i].x - now[j].x, now[i].y - now[j].y)
                            let length = (apart * apart).sum().squareRoot()
                            guard length < distance else { continue }
                            worst = max(worst, 1 - length / distance)
                            if length < 1e-6 * distance {
                                // The same place: each pair in a direction of its own.
                                let turn = 2.399963 * Double(i)
                                let push = SIMD2(cos(turn), sin(turn)) * (distance / 2)
                                moves[i] += push
                                moves[j] -= push
                                continue
                            }
                            let push = apart / length * ((distance - length) / 2)
                            moves[i] += push
                            moves[j] -= push
                        }
                    }
                }
            }
            guard worst > 0.02 else { break }
            for i in now.indices {
                now[i].x += 0.6 * moves[i].x
                now[i].y += 0.6 * moves[i].y
            }
        }
        return now.map { (min(max($0.x, 0), 1), min(max($0.y, 0), 1)) }
    }

    private static func cell(_ place: (x: Double, y: Double), _ distance: Double) -> SIMD2<Int> {
        SIMD2(Int((place.x / distance).rounded(.down)), Int((place.y / distance).rounded(.down)))
    }
}
