import AudioNetwork
import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices

/// The rows of the paper's table besides ours, for a fold of held-out songs: linear regression and MLP on a bag of words of timbre, and
/// the network with the weighted prediction error.
struct PaperBaselines: Sendable {
    static let models = ["linear regression, words", "MLP, words", "network, WPE"]
    /// Frames whose log-mel is averaged before the coefficients: the paper's step of 512 samples is 4.65 of ours of 110.
    static let framesPerStep = 4

    /// Shares of the codebook's words, `[songs, words]`.
    let histograms: Matrix

    /// Words are learned from all songs' sound; nothing here knows any plays.
    /// - Parameter words: the codebook's size; nil for what suits so many songs.
    init(_ source: StoredSpectrograms, words: Int?, seed: UInt64, context: StageContext) throws {
        var frames: [Matrix] = []
        for song in 0..<source.count {
            try context.checkStop("evaluate")
            let steps = TimbreFeatures.averaging(
                try source.matrix(song), over: Self.framesPerStep)
            frames.append(TimbreFeatures.frames(steps))
            context.report(
                StageProgress(
                    stage: "evaluate", done: song + 1, total: source.count, unit: "songs",
                    detail: "timbre"))
        }
        let bag = BagOfWords(
            frames, words: words ?? BagOfWords.words(songs: source.count), seed: seed,
            threads: context.threads)
        let rows = frames.map { bag.histogram($0, threads: context.threads) }
        histograms = Matrix(rows: rows.count, columns: bag.words, storage: rows.flatMap { $0 })
    }

    /// Linear regression and MLP, in this order: what they predict for `fold` after learning from `rest`.
    /// - Parameter targets: of `rest`, `[rest, dimensions]`.
    func regressions(
        _ fold: [Int], _ rest: [Int], _ targets: Matrix, groups: [Int], seed: UInt64
    ) throws -> [Matrix] {
        let learned = histograms.selectingRows(rest)
        let components = PrincipalComponents(learned)
        let (features, unseen) = (
            components.project(learned), components.project(histograms.selectingRows(fold))
        )
        let linear = RidgeRegression.tuned(features: features, targets: targets, groups: groups)
        var configuration = PerceptronRegression.Configuration()
        configuration.seed = seed
        let perceptron = try PerceptronRegression.tuned(
            features: features, targets: targets, groups: groups, configuration)
        return [linear.predict(unseen), try perceptron.predict(unseen)]
    }

    /// The weighted prediction error on the songs in `columns` of the plays.
    static func objective(
        _ plays: SparseMatrix, columns: [Int], factors: Factors,
        _ configuration: FactorizationConfiguration
    ) -> TrainingObjective {
        let bySong = plays.filtered { _, _, count in count > 0 }
            .mapValues { configuration.confidence(of: $0) }.transposed()
        let entries = columns.enumerated().flatMap { row, column in
            bySong.range(ofRow: column).map {
                (row: row, column: Int(bySong.columnIndices[$0]), value: bySong.values[$0])
            }
        }
        return .plays(
            WeightedPredictionError(
                listeners: factors.listeners,
                confidences: SparseMatrix(
                    rows: columns.count, columns: plays.rows, entries: entries)))
    }
}
