import Matrices

extension ImplicitALS {
    /// Songs' factors with the listeners' fixed and a prior mean ŷ, such as what the network hears:
    /// `minimise Σ_u c_ui (p̂_ui − x_u·y_i)² + μ‖y_i − ŷ_i‖²`.
    ///
    /// That a listener has not played a song is a sign of dislike where many have met it, and none where hardly anybody has. So p̂_ui is 1
    /// for a play, 0 for a dislike, and without either what the sound foretells, the less the more listeners n the song has:
    /// `x_u·(ȳ + λ_i (ŷ_i − ȳ))`, `λ_i = κ / (κ + n_i)`. The mean ȳ of all ŷ stays, so that songs with few and with many listeners have
    /// scores on one scale. A song without a play keeps exactly ŷ.
    /// - Parameters:
    ///   - prior: ŷ, `[songs, dimensions]`.
    ///   - priorWeight: `μ · d / tr(XᵀX)`, so that it does not depend on the number of listeners; λ of the regularisation is the least.
    ///   - priorListeners: κ, with so many listeners absence counts for half; 0 takes every absence for the preference 0.
    public func solveSongs(
        _ plays: SparseMatrix, dislikes: SparseMatrix? = nil, listeners: Matrix, prior: Matrix,
        priorWeight: Float, priorListeners: Float
    ) throws -> Matrix {
        try check(prior, rows: plays.columns, "the prior", columns: listeners.columns)
        let bySong = try confidences(plays, dislikes: dislikes).transposed()
        let d = listeners.columns
        let gram = gram(listeners)
        let trace = (0..<d).reduce(0.0) { $0 + gram[$1 * d + $1] }
        let diagonal = max(
            configuration.regularization, priorWeight * Float(trace) / Float(d))
        let fixed = try FixedSide(
            listeners, gram: gram, diagonal: Double(diagonal), threads: threads,
            what: "the listeners")
        var right = prior
        for i in right.storage.indices { right.storage[i] *= diagonal }
        if priorListeners > 0 {
            let foreseen = foreseen(bySong, prior, priorListeners)
            addAbsences(bySong, listeners, gram, foreseen, to: &right)
        }
        return try solve(
            bySong, RowOrder(bySong, dimensions: d), fixed, empty: prior, right: right, what: "song"
        )
    }

    /// `ȳ + λ (ŷ − ȳ)`, `[songs, d]`.
    private func foreseen(_ bySong: SparseMatrix, _ prior: Matrix, _ priorListeners: Float)
        -> Matrix
    {
        let d = prior.columns
        var sum = [Double](repeating: 0, count: d)
        for i in prior.storage.indices { sum[i % d] += Double(prior.storage[i]) }
        let mean = sum.map { Float($0 / Double(max(1, prior.rows))) }
        var result = prior
        for song in 0..<prior.rows {
            let share =
                priorListeners / (priorListeners + Float(bySong.range(ofRow: song).count))
            for j in 0..<d {
                result[song, j] = mean[j] + share * (prior[song, j] - mean[j])
            }
        }
        return result
    }

    /// Adds `Σ x (x·f)` over the listeners without an entry: over all by the Gram matrix, less those with one.
    private func addAbsences(
        _ bySong: SparseMatrix, _ listeners: Matrix, _ gram: [Double], _ foreseen: Matrix,
        to right: inout Matrix
    ) {
        let d = listeners.columns
        let gram = gram.map(Float.init)
        let grain = 256
        let parts = Parallel.map((foreseen.rows + grain - 1) / grain, threads: threads) { part in
            var sums: [Float] = []
            for song in part * grain..<min(foreseen.rows, (part + 1) * grain) {
                let mean = Array(foreseen.row(song))
                var sum = [Float](repeating: 0, count: d)
                for i in 0..<d {
                    for j in 0..<d { sum[i] += gram[i * d + j] * mean[j] }
                }
                for entry in bySong.range(ofRow: song) {
                    let x = Int(bySong.columnIndices[entry]) * d
                    var score: Float = 0
                    for j in 0..<d { score += listeners.storage[x + j] * mean[j] }
                    for j in 0..<d { sum[j] -= score * listeners.storage[x + j] }
                }
                sums += sum
            }
            return sums
        }
        var i = 0
        for value in parts.joined() {
            right.storage[i] += value
            i += 1
        }
    }
}
