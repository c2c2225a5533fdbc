import Foundation
import Matrices
import Recommendation

extension Recommender {
    /// The listener's plays that weigh most in the score, and whether the song's place comes from plays, sound or both.
    /// - Parameter names: what each taste's songs are called, see ``names(_:)``.
    func reasons(
        _ candidate: Candidate, _ tastes: [ListenerTaste], _ names: [[Int: String]]
    ) throws -> ([String], Reasons) {
        let item = Array(predictions.blended.row(candidate.index))
        var words: [String] = []
        var parts: [Reasons.Part] = []
        for (taste, names) in zip(tastes, names) {
            let isAlone = tastes.count == 1
            guard taste.isKnown else {
                words.append(
                    "none of \(isAlone ? "your" : taste.listener + "'s") plays is known here: "
                        + "what listeners like on average")
                continue
            }
            let shares = taste.explanation.contributions(to: item)
            let score = shares.reduce(0) { $0 + $1.share }
            for share in shares.prefix(isAlone ? 2 : 1) where share.share > 0 {
                guard let name = names[share.song] else { continue }
                // Of a score at or below zero nothing is a percentage.
                let percent =
                    score > 0 ? " (\(Int((100 * share.share / score).rounded())) %)" : ""
                words.append(
                    "\(isAlone ? "you play" : taste.listener + " plays") \(name)\(percent)")
            }
            parts += shares.map {
                Reasons.Part(
                    listener: taste.listener, song: names[$0.song] ?? "", share: $0.share)
            }
        }
        let (fromPlays, fromSound) = try origin(candidate, tastes)
        words.append(originText(candidate, fromPlays, fromSound))
        // Of a song that its sound speaks against, what stands out in it drew nobody. Of groups the parts are not known.
        let isHeard = candidate.popularity == 0 || fromSound.map { $0 > 0 } ?? false
        let heard =
            isHeard
            ? try highlights.flatMap { all in
                try track(predictions.tracks[candidate.index]).map(all.filters)
            } ?? [] : []
        if !heard.isEmpty {
            words.append("in its sound: " + heard.map(\.text).joined(separator: ", "))
        }
        return (
            words,
            Reasons(parts: parts, fromPlays: fromPlays, fromSound: fromSound, heard: heard)
        )
    }

    /// A song's place is a sum of what its listeners' plays and what its sound say (see ``PredictStage``), and so is its score.
    private func origin(_ candidate: Candidate, _ tastes: [ListenerTaste]) throws
        -> (Double?, Double?)
    {
        guard let parts = predictions.fromPlays, tastes.count == 1, let taste = tastes.first else {
            return (nil, nil)
        }
        let plays = Double(dot(try parts.row(candidate.index)[...], taste.place[...]))
        let all = Double(dot(predictions.blended.row(candidate.index), taste.place[...]))
        return (plays, all - plays)
    }

    private func originText(_ candidate: Candidate, _ plays: Double?, _ sound: Double?) -> String {
        let count = candidate.popularity
        guard count > 0 else { return "new: heard, nobody has played it yet" }
        let listeners = "\(count) listener\(count == 1 ? "" : "s")"
        guard let plays, let sound else { return "from plays by \(listeners) and its sound" }
        return "plays by \(listeners) give \(Self.signed(plays)), its sound \(Self.signed(sound))"
    }

    /// As `%+.2f` writes it, in less time: every song of every list has two.
    static func signed(_ value: Double) -> String {
        let scaled = value.magnitude * 100
        // Halfway between two, the digits that the product lost decide.
        guard scaled < 1e9, (scaled - scaled.rounded(.down) - 0.5).magnitude > 1e-6 else {
            return String(format: "%+.2f", value)
        }
        let hundredths = Int(scaled.rounded())
        let rest = hundredths % 100
        return (value.sign == .minus ? "-" : "+")
            + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
