import Matrices

/// The same similarities pair by pair over dense rows in double precision: slow and obvious, the oracle of the tests.
public enum ReferenceNeighbors {
    /// Similarity of two rows of a matrix of weights, with the shrinkage of ``NeighborConfiguration/shrinkage``.
    public static func similarity(_ weights: SparseMatrix, _ a: Int, _ b: Int, shrinkage: Double)
        -> Double
    {
        func dense(_ row: Int) -> [Double?] {
            var values = [Double?](repeating: nil, count: weights.columns)
            for i in weights.range(ofRow: row) {
                values[Int(weights.columnIndices[i])] = Double(weights.values[i])
            }
            return values
        }
        var (sum, common) = (0.0, 0.0)
        for (x, y) in zip(dense(a), dense(b)) {
            guard let x, let y else { continue }
            sum += x * y
            common += 1
        }
        return shrinkage > 0 ? sum * common / (common + shrinkage) : sum
    }
}
