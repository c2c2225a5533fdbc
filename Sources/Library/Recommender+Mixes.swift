import Foundation
import Matrices
import Recommendation

extension Recommender {
    /// A day's mix: what a listener knows and loves, one song in three they have not heard, in an order that flows. The same all
    /// day, another one tomorrow.
    public func dailyMix(_ listener: String, count: Int, on date: Date = Date()) throws
        -> [Suggestion]
    {
        var request = RecommendationRequest()
        request.seed = Self.seed("daily \(Self.day(date)) \(listener)")
        request.count = max(1, count / 3)
        let fresh = try recommend([listener], request, now: date)
        request.includePlayed = true
        request.maxPerArtist = 3
        request.count = count + fresh.count
        let known = try recommend([listener], request, now: date)
            .filter { item in !fresh.contains { $0.track.id == item.track.id } }
        let played = try taste(of: listener).played
        // Those they play first; a listener who plays little here gets more that is new.
        func isPlayed(_ item: Suggestion) -> Bool {
            table.place(of: item.track.id).map { played.contains(Int(table.first[$0])) } ?? false
        }
        let familiar = known.filter(isPlayed)
        let rest = known.filter { !isPlayed($0) }
        return flowing(Array((fresh + familiar + rest).prefix(count)))
    }

    /// A week's discoveries: songs they have not heard, one an artist, leaning to what is little known, the best first. The same all
    /// week, from Monday.
    public func weeklyDiscovery(_ listener: String, count: Int, on date: Date = Date()) throws
        -> [Suggestion]
    {
        var request = RecommendationRequest()
        request.seed = Self.seed("weekly \(Self.week(date)) \(listener)")
        request.count = count
        request.maxPerArtist = 1
        request.discovery = 0.2
        return try recommend([listener], request, now: date)
    }

    /// Puts suggestions in an order that flows.
    public func flowing(_ list: [Suggestion]) -> [Suggestion] {
        let rows = list.compactMap { item in
            table.place(of: item.track.id).flatMap { row(Int(table.first[$0])) }
        }
        guard rows.count == list.count else { return list }
        return PlaylistOrder.flow(predictions.blended.selectingRows(rows)).map { list[$0] }
    }

    /// Mean cosine between neighbours; nil for fewer than two songs with a place.
    public func flow(of list: [Track]) -> Double? {
        let unit = predictions.blended.selectingRows(list.compactMap(row)).unitRows()
        guard unit.rows > 1 else { return nil }
        let sum = (1..<unit.rows).reduce(0.0) { $0 + Double(dot(unit.row($1 - 1), unit.row($1))) }
        return sum / Double(unit.rows - 1)
    }

    /// A number for a text, the same on every machine (FNV-1a): dates make good seeds.
    public static func seed(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    static func day(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return "\(parts.year ?? 0)-\(parts.month ?? 0)-\(parts.day ?? 0)"
    }

    static func week(_ date: Date) -> String {
        let parts = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
        return "\(parts.yearForWeekOfYear ?? 0)-W\(parts.weekOfYear ?? 0)"
    }

    private static var calendar: Calendar { Calendar(identifier: .iso8601) }
}
