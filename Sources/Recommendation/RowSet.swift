/// Some of an index's vectors, as a bit for each: what a search may find.
public struct RowSet: Sendable {
    /// The lowest bit of a word is its first row.
    let words: [UInt16]
    /// How many rows are in the set.
    public let count: Int

    /// - Parameters:
    ///   - rows: how many rows there are.
    ///   - isIn: asked once about each.
    public init(rows: Int, where isIn: (Int) -> Bool) {
        var words = [UInt16](repeating: 0, count: (rows + 15) / 16)
        var count = 0
        for row in 0..<rows where isIn(row) {
            words[row / 16] |= 1 << (row % 16)
            count += 1
        }
        self.words = words
        self.count = count
    }
}
