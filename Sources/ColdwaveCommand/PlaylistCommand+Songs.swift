import ArgumentParser
import Foundation
import Library
import Recommendation

/// A day, as `--date` gives it.
struct PlaylistDate: ExpressibleByArgument {
    /// Noon of that day, so that no change of clocks makes it another.
    let noon: Date

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2]
        else { return nil }
        let calendar = Calendar(identifier: .iso8601)
        let components = DateComponents(year: year, month: month, day: day, hour: 12)
        // 30 February would become 2 March.
        guard let date = calendar.date(from: components),
            calendar.dateComponents([.year, .month, .day], from: date)
                == DateComponents(year: year, month: month, day: day)
        else { return nil }
        noon = date
    }
}

/// Which songs a playlist is made of.
extension PlaylistCommand {
    struct Choice {
        let title: String
        let tracks: [Track]
        /// Of a list for a listener: the tracks' reasons, in their order.
        var suggestions: [Suggestion]?
        /// Seconds where each starts; nil for every song's beginning.
        var starts: [Double?]?
        var flow: Double?
        var flowUnordered: Double?
    }

    func choice(_ catalogue: Catalogue) throws -> Choice {
        if let filter { return try moments(of: filter, catalogue) }
        let recommender = try Recommender(catalogue)
        var choice = try songs(catalogue, recommender)
        choice.flow = recommender.flow(of: choice.tracks)
        return choice
    }

    private func moments(of filter: String, _ catalogue: Catalogue) throws -> Choice {
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let (units, layer, unit) = try FilterStage(catalogue, context: options.context(display))
            .unit(filter)
        return Choice(
            title: "\(filter): \(unit.label)",
            tracks: unit.moments.prefix(n).map { units.tracks[$0.song] },
            starts: FilterFolder.playlist(units, layer, unit, count: n).map(\.startSeconds))
    }

    private func songs(_ catalogue: Catalogue, _ recommender: Recommender) throws -> Choice {
        let seed = try selection.request(count: n).seed ?? 0
        if let listener {
            guard radio else { return try list(for: listener, recommender) }
            let start = try recommender.seeds(placeOf: listener)
            return Choice(
                title: "Radio \(listener)",
                tracks: try recommender.radio(from: start, count: n, seed: seed))
        }
        if let from, let to {
            let (first, last) = (try catalogue.track(from), try catalogue.track(to))
            return Choice(
                title: "From \(first.name) to \(last.name)",
                tracks: try recommender.path(from: first, to: last, count: n))
        }
        guard let start = try seeds.seeds(recommender, tracks: like).joined else {
            return Choice(title: "", tracks: [])
        }
        let against = try unlike.map { try recommender.seed($0, hearing: Workers.pool()) }.joined
        let words = start.title + (against.map { ", unlike \($0.title)" } ?? "")
        if radio {
            return Choice(
                title: "Radio \(words)",
                tracks: try recommender.radio(from: start, unlike: against, count: n, seed: seed))
        }
        var choice = try flowing(
            "Like \(words)",
            try recommender.similar(
                to: start, unlike: against, count: n, maxPerArtist: selection.maxPerArtist),
            recommender)
        // A cosine is no reason.
        choice.suggestions = nil
        return choice
    }

    private func list(for listener: String, _ recommender: Recommender) throws -> Choice {
        let day = date?.noon ?? Date()
        if daily {
            let list = try recommender.dailyMix(listener, count: n, on: day)
            return Choice(
                title: "Daily mix for \(listener)",
                tracks: try list.compactMap { try recommender.track($0.track.id) },
                suggestions: list)
        }
        if weekly {
            return try flowing(
                "Weekly discovery for \(listener)",
                try recommender.weeklyDiscovery(listener, count: n, on: day), recommender)
        }
        return try flowing(
            "Coldwave for \(listener)",
            try recommender.recommend([listener], selection.request(count: n)), recommender)
    }

    private func flowing(_ title: String, _ list: [Suggestion], _ recommender: Recommender) throws
        -> Choice
    {
        func tracks(_ list: [Suggestion]) throws -> [Track] {
            try list.compactMap { try recommender.track($0.track.id) }
        }
        let ordered = recommender.flowing(list)
        return Choice(
            title: title, tracks: try tracks(ordered), suggestions: ordered,
            flowUnordered: recommender.flow(of: try tracks(list)))
    }
}
