/// A query as the scan wants it: bytes, and what makes of a sum of bytes a bound of the score.
///
/// With codes u that stand for `s (u - 7.5)` and the query as `q = t b + e` with bytes b, a vector x has
/// `x·q = s (t Σ u b − 7.5 t Σ b + Σ (u − 7.5) e) + r·q`. By Cauchy and Schwarz the third term is at most `7.5 √d ‖e‖`, and the
/// last `s R ‖q‖`, where R is the furthest that any vector is from its code in units of its s.
struct ScanProbe: Sendable {
    /// In the index's metric: of unit length for cosine.
    let query: [Float]
    /// `[groups, 8]`, zeros behind the last dimension.
    let bytes: [Int8]
    let factor: Float
    let offset: Float
    /// At most this does a score summed in one order differ from one summed in another.
    let rounding: Float

    init(_ query: [Float], residual: Double, longest: Double, groups: Int) {
        let d = Double(query.count)
        let largest = query.reduce(Float(0)) { max($0, abs($1)) }
        let step = max(Double(largest) / 127, Double(Float.leastNormalMagnitude))
        var bytes = [Int8](repeating: 0, count: groups * VectorIndex.group)
        var (sum, missed, squares) = (0.0, 0.0, 0.0)
        for (k, value) in query.enumerated() {
            let byte = max(-127, min(127, (Double(value) / step).rounded()))
            bytes[k] = Int8(byte)
            sum += byte
            let error = Double(value) - step * byte
            missed += error * error
            squares += Double(value) * Double(value)
        }
        let norm = squares.squareRoot()
        // A float sum of d products errs by at most d · 2⁻²⁴ · ‖q‖‖x‖, and ‖x‖ ≤ (7.5 √d + R) s; the bound's own few operations by
        // as many units in the last place of their largest number.
        let floats = 2 * (d + 8) * 0x1p-24
        let summed = floats * norm * (7.5 * d.squareRoot() + residual)
        let bound = 8 * 0x1p-24 * (15 * 127 * step * d + residual * norm)
        let offset =
            -7.5 * step * sum + residual * norm * 1.000_001
            + 7.5 * (d * missed).squareRoot() * 1.000_001 + summed + bound
        self.query = query
        self.bytes = bytes
        factor = Float(step)
        // The nearest float may be below.
        self.offset = Float(offset).nextUp
        rounding = Float(floats * norm * longest).nextUp
    }
}
