import Foundation
import Matrices

/// An endless programme that starts somewhere in the taste space and wanders: each song is near the last few, none comes
/// twice, and an artist rests before coming again. It ends only when every song has been played.
public struct Radio: Sequence, IteratorProtocol, Sendable {
    /// How far each song moves the place that the next one is sought around, 0…1.
    public static let drift: Float = 0.3
    /// The next song is drawn among so many nearest ones.
    static let choices = 12
    /// Songs until an artist may come again, where there is another choice.
    static let rest = 4

    private let index: VectorIndex
    private let unit: Matrix
    private let artists: [String]
    private let isAllowed: @Sendable (Int) -> Bool
    private var place: [Float]
    private var used: Set<Int>
    private var recent: [String] = []
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - items: places in the taste space, `[songs, dimensions]`; directions count, lengths do not.
    ///   - start: where it begins, `[dimensions]`.
    ///   - artists: one a song.
    ///   - excluded: songs that never come, such as those it starts from.
    public init(
        items: Matrix, start: [Float], artists: [String], excluding excluded: Set<Int> = [],
        seed: UInt64 = 0, where isAllowed: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) {
        precondition(artists.count == items.rows, "Radio: one artist a song")
        unit = items.unitRows()
        index = VectorIndex(unit, metric: .cosine)
        self.artists = artists
        self.isAllowed = isAllowed
        place = Matrix(rows: 1, columns: start.count, storage: start).unitRows().storage
        used = excluded
        generator = SeededGenerator(seed: seed, stream: 0x5AD1)
    }

    /// - Complexity: O(songs · dimensions) a song.
    public mutating func next() -> Int? {
        let resting = Set(recent)
        var near = index.nearest(to: place, count: Self.choices) {
            !used.contains($0) && isAllowed($0) && !resting.contains(artists[$0])
        }
        if near.isEmpty {
            near = index.nearest(to: place, count: Self.choices) {
                !used.contains($0) && isAllowed($0)
            }
        }
        guard let best = near.first, let worst = near.last else { return nil }
        // A draw in which the nearest ones are likelier, so that two listenings differ.
        let scale = Double(Swift.max(best.score - worst.score, 1e-6)) / 4
        var chosen = best
        var highest = -Double.infinity
        for neighbor in near {
            let key =
                Double(neighbor.score) - scale * log(-log(Swift.max(generator.uniform(), 0x1p-54)))
            if key > highest { (chosen, highest) = (neighbor, key) }
        }
        used.insert(chosen.index)
        recent = (recent + [artists[chosen.index]]).suffix(Self.rest)
        let moved = zip(place, unit.row(chosen.index)).map {
            (1 - Self.drift) * $0 + Self.drift * $1
        }
        place = Matrix(rows: 1, columns: moved.count, storage: moved).unitRows().storage
        return chosen.index
    }
}
