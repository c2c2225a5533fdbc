import Matrices

/// What a window sounds like on average, the input of the network's wide way: per band mean, standard deviation and mean absolute
/// change from step to step of the standardised input.
enum WideStatistics {
    /// `[steps, bands]` → `[3 · bands]`.
    static func of(_ window: ArraySlice<Float>, bands: Int) -> [Float] {
        let steps = Float(max(1, window.count / bands))
        var means = [Float](repeating: 0, count: bands)
        var changes = means
        var squares = means
        for start in stride(from: window.startIndex, to: window.endIndex, by: bands) {
            for band in 0..<bands {
                means[band] += window[start + band]
                if start > window.startIndex {
                    changes[band] += abs(window[start + band] - window[start + band - bands])
                }
            }
        }
        for band in 0..<bands {
            means[band] /= steps
            changes[band] /= max(1, steps - 1)
        }
        for start in stride(from: window.startIndex, to: window.endIndex, by: bands) {
            for band in 0..<bands {
                let difference = window[start + band] - means[band]
                squares[band] += difference * difference
            }
        }
        return means + squares.map { ($0 / steps).squareRoot() } + changes
    }

    /// The mean over a song's windows.
    /// - Parameter starts: steps where windows begin, of `length` steps each.
    static func mean(_ song: ArraySlice<Float>, bands: Int, starts: [Int], length: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: 3 * bands)
        for start in starts {
            let from = song.startIndex + start * bands
            let window = of(song[from..<from + length * bands], bands: bands)
            for i in sums.indices { sums[i] += window[i] }
        }
        return sums.map { $0 / Float(max(1, starts.count)) }
    }
}

/// The network's wide way: a linear map of ``WideStatistics``, added to what the deep way says.
///
/// "Wide & deep" (Cheng et al. 2016): where artists are few, the convolutions learn some of them by heart, and a heavily penalised
/// regression generalises better; where there are many, the convolutions hear more. The mean of both is about as good as the better one
/// on either, mostly better. The map is solved, not trained by gradients; its penalty, and how many directions of the statistics it listens along, are
/// what suits artists held out: where little of taste can be heard, one or two directions are all that holds for other artists.
struct WidePath: Sendable {
    /// Each way's share of the output.
    static let share: Float = 0.5
    /// More songs than these tell a map of 384 features no more.
    static let songsToFit = 5_000
    let weights: Matrix
    let bias: [Float]

    /// - Parameters:
    ///   - statistics: `[songs, 3 · bands]`
    ///   - targets: `[songs, outputs]`
    ///   - groups: each song's artist.
    init(fitting statistics: Matrix, to targets: Matrix, groups: [Int]) {
        (weights, bias) =
            RidgeRegression.tuned(
                features: statistics, targets: targets, groups: groups, parts: 5,
                directions: [nil, 1, 2, 4, 8]
            ).map
    }

    /// - Throws: ``NetworkError/missingTensor(name:)``.
    init?(_ model: NetworkModel) throws {
        guard model.configuration.wide else { return nil }
        let stored = try model.tensor("wide.weight")
        weights = Matrix(rows: stored.shape[0], columns: stored.shape[1], storage: stored.values)
        bias = try model.tensor("wide.bias").values
    }

    /// `[3 · bands]` → `[outputs]`.
    func callAsFunction(_ statistics: [Float]) -> [Float] {
        (0..<weights.rows).map { dot(weights.row($0), statistics[...]) + bias[$0] }
    }
}

extension NetworkModel {
    /// The model with a wide way beside it. Both ways' last weights carry their share, so that the output is their plain sum.
    func widened(by path: WidePath) throws -> NetworkModel {
        var configuration = configuration
        configuration.wide = true
        var tensors = tensors
        func scale(_ values: [Float], by share: Float) -> [Float] { values.map { $0 * share } }
        let last = "dense\(configuration.denseUnits.count + 1)"
        for name in ["\(last).weight", "\(last).bias"] {
            let deep = try tensor(name)
            tensors[name] = StoredTensor(
                shape: deep.shape, values: scale(deep.values, by: 1 - WidePath.share))
        }
        tensors["wide.weight"] = StoredTensor(
            shape: [path.weights.rows, path.weights.columns],
            values: scale(path.weights.storage, by: WidePath.share))
        tensors["wide.bias"] = StoredTensor(
            shape: [path.bias.count], values: scale(path.bias, by: WidePath.share))
        return try NetworkModel(configuration: configuration, tensors: tensors)
    }
}
