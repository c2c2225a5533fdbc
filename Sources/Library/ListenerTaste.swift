import CollaborativeFiltering
import Matrices
import Recommendation

/// One listener as the recommender sees them.
struct ListenerTaste: Sendable {
    let listener: String
    /// What the rows of the songs' factors are, for those they play.
    let songs: [Int: TasteSong]
    /// Places of recordings' first files.
    let played: Set<Int>
    let hated: Set<Int>
    let explanation: Explanation
    /// In the taste space, `[dimensions]`.
    let place: [Float]
    /// False when none of their plays has factors: `place` is then the mean of all listeners.
    let isKnown: Bool
}

/// A song that listeners play: of the library, by the place of its first file, or else by its reference.
enum TasteSong: Hashable, Sendable {
    case own(Int)
    case other(Int64, name: String)
}

extension Recommender {
    /// Places a listener by their plays, love, hate and skips of now: the row of the factorisation solved once more, so that
    /// what came since counts, and so that every score is exactly the sum of what its reasons name.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    func taste(of listener: String) throws -> ListenerTaste {
        let record = try catalogue.record(of: listener, counts)
        func song(_ reference: Int64) -> TasteSong {
            if let place = counts.place(ofReference: reference) { return .own(place) }
            let other = record.others[reference]
            if let place = other?.track.flatMap(table.place) {
                return .own(Int(table.first[place]))
            }
            return .other(reference, name: other?.name ?? "")
        }
        var heard: [TasteSong: Int] = [:]
        for item in record.plays { heard[song(item.reference), default: 0] += item.count }
        for reference in record.loved { heard[song(reference), default: 0] += 1 }
        var likes: [Int: Double] = [:]
        var songs: [Int: TasteSong] = [:]
        for (song, count) in heard {
            guard let row = rowOfFactors(song) else { continue }
            likes[row] = Double(configuration.confidence(of: Float(count)))
            songs[row] = song
        }
        var skips: [TasteSong: Int] = [:]
        for item in record.skips { skips[song(item.reference), default: 0] += item.count }
        var dislikes: [Int: Double] = [:]
        for (song, count) in skips where heard[song] == nil {
            guard let row = rowOfFactors(song) else { continue }
            dislikes[row] = 1 + Double(Catalogue.weight(ofSkips: count, configuration))
        }
        let hated = record.hated.map(song)
        for row in hated.compactMap(rowOfFactors) {
            dislikes[row] = 1 + Double(Catalogue.weight(configuration))
        }
        // Of a song both played and disliked the greater confidence counts, as in the factorisation.
        for (row, confidence) in dislikes {
            if confidence > likes[row, default: 0] {
                likes[row] = nil
            } else {
                dislikes[row] = nil
            }
        }
        func sorted(_ entries: [Int: Double]) -> [(song: Int, confidence: Double)] {
            entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        let explanation = Explanation(
            songs: songFactors, gram: gram, played: sorted(likes), disliked: sorted(dislikes),
            regularization: Double(configuration.regularization))
        return ListenerTaste(
            listener: listener, songs: songs, played: Self.own(heard.keys), hated: Self.own(hated),
            explanation: explanation,
            place: likes.isEmpty ? meanListener : explanation.place.map { Float($0) },
            isKnown: !likes.isEmpty)
    }

    private static func own(_ songs: some Sequence<TasteSong>) -> Set<Int> {
        Set(songs.compactMap { if case .own(let place) = $0 { place } else { nil } })
    }

    private func rowOfFactors(_ song: TasteSong) -> Int? {
        switch song {
        case .own(let place): factorRow[place] < 0 ? nil : Int(factorRow[place])
        case .other(let reference, _): factorRowOfReference[reference].map { Int($0) }
        }
    }

    /// What the rows of the songs' factors are called, for those the listener plays.
    func names(_ taste: ListenerTaste) -> [Int: String] {
        taste.songs.mapValues { song in
            switch song {
            case .own(let place): table.name(place)
            case .other(_, let name): name
            }
        }
    }
}
