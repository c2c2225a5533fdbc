import Matrices
import Torch

/// The paper's other objective: how badly a song's place predicts who plays it,
/// `Σ_u c_ui (p_ui − x_u·y)²` over all listeners u, with `p = 1` where u plays song i.
///
/// For one song it is a quadratic form in y: `y·A y − 2 b·y + s` with `A = XᵀX + Σ_played (c − 1) x xᵀ`, `b = Σ_played c x`, `s = Σ_played c`.
/// `XᵀX` is the same for all songs, so a batch costs only its songs' own listeners.
public struct WeightedPredictionError: Sendable {
    /// x, `[listeners, dimensions]`.
    let listeners: Matrix
    /// c, `[songs, listeners]`, of the pairs with plays; all others have confidence 1 and preference 0.
    let confidences: SparseMatrix
    /// `XᵀX`, `[dimensions, dimensions]`.
    let gram: [Double]

    /// - Parameters:
    ///   - listeners: `[listeners, dimensions]`.
    ///   - confidences: `[songs, listeners]`: the confidences (1 or more) of the pairs with plays; rows as the songs that are trained on.
    public init(listeners: Matrix, confidences: SparseMatrix) {
        precondition(
            confidences.columns == listeners.rows, "WeightedPredictionError: one column a listener")
        self.listeners = listeners
        self.confidences = confidences
        let d = listeners.columns
        var gram = [Double](repeating: 0, count: d * d)
        for u in 0..<listeners.rows {
            Self.addSquare(of: Array(listeners.row(u)), times: 1, to: &gram)
        }
        self.gram = gram
    }

    private static func addSquare(of x: [Float], times weight: Double, to square: inout [Double]) {
        let d = x.count
        for j in 0..<d {
            let left = weight * Double(x[j])
            for k in 0..<d { square[j * d + k] += left * Double(x[k]) }
        }
    }

    /// One song's A `[dimensions, dimensions]`, b `[dimensions]` and s.
    func form(song: Int) -> (a: [Double], b: [Double], s: Double) {
        var a = gram
        var b = [Double](repeating: 0, count: listeners.columns)
        var s = 0.0
        for i in confidences.range(ofRow: song) {
            let c = Double(confidences.values[i])
            let x = Array(listeners.row(Int(confidences.columnIndices[i])))
            Self.addSquare(of: x, times: c - 1, to: &a)
            for k in b.indices { b[k] += c * Double(x[k]) }
            s += c
        }
        return (a, b, s)
    }

    /// What predicting nothing costs on average: the mean of s.
    func ofNothing(_ songs: [Int]) -> Double {
        let sums = songs.map { song in
            confidences.range(ofRow: song).reduce(0.0) { $0 + Double(confidences.values[$1]) }
        }
        return sums.reduce(0, +) / Double(max(1, songs.count))
    }

    /// Mean over a batch of the error of `scale · output`, over `unit`.
    /// - Parameter output: `[songs.count, dimensions]`.
    func loss(_ output: Tensor, songs: [Int], scale: Double, unit: Double, device: String) throws
        -> Tensor
    {
        let d = listeners.columns
        var (a, b, s): ([Float], [Float], [Float]) = ([], [], [])
        a.reserveCapacity(songs.count * d * d)
        for song in songs {
            let form = form(song: song)
            a += form.a.map { Float($0 * scale * scale / unit) }
            b += form.b.map { Float($0 * scale / unit) }
            s.append(Float(form.s / unit))
        }
        return try output.quadraticError(
            .from(a, shape: [songs.count, d, d], device: device),
            .from(b, shape: [songs.count, d], device: device),
            .from(s, shape: [songs.count], device: device))
    }
}

/// What the network is trained for.
public enum TrainingObjective: Sendable {
    /// Squared error to the songs' factors (blog; paper's MSE).
    case factors
    /// The paper's weighted prediction error; its songs are those that are trained on, in the same order.
    case plays(WeightedPredictionError)

    var isFactors: Bool {
        if case .factors = self { true } else { false }
    }
}
