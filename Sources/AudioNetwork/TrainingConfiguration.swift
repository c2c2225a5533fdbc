import Matrices

/// How the network is trained: mini-batch SGD with Nesterov momentum on random windows (blog; paper §4.2).
public struct TrainingConfiguration: Codable, Equatable, Sendable {
    /// Passes over the songs; in each, every song is heard in `windowsPerSong` random windows.
    /// Chosen on two folds of the real paired data, together with the rate: AUC 0.577 after 5 epochs at 0.05, 0.531 after 12 at 0.08;
    /// nothing else was tried there. The composed world bears more.
    public var epochs = 5
    public var windowsPerSong = 4
    public var batchSize = 32
    /// Highest learning rate; it rises linearly over the first 5 % of the steps and falls as a cosine to a hundredth.
    public var learningRate = 0.05
    /// Root mean square of every hidden layer's output at the start.
    public var activationScale = 0.5
    public var momentum = 0.9
    public var weightDecay = 1e-4
    /// A song counts in the loss by this power of its factors' norm, which grows with what is known of it: many factors of songs with
    /// two listeners are noise. 0: all songs count alike, as in the paper.
    public var songWeighting = 1.0
    /// What is changed at random in what is heard while learning.
    public var augmentation = SpectralAugmentation()
    /// Gradients are scaled down to this common norm.
    public var gradientLimit = 1.0
    /// Share of the groups (artists) kept aside to watch the loss on; nothing is learned from them.
    public var validationFraction = 0.1
    /// What is kept is the weights' mean over about so many of the last epochs (Polyak averaging), as it was after the epoch with
    /// the lowest validation loss where enough artists are kept aside to tell (30), else at the end; 0 for the last weights as they
    /// are.
    public var averagedEpochs = 1.0
    public var seed: UInt64 = 0
    public var device = "auto"
    /// Threads; 0 for all cores. Not part of what the result depends on.
    public var threads = 0

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case epochs, windowsPerSong, batchSize, learningRate, activationScale, momentum,
            weightDecay, gradientLimit, songWeighting, augmentation
        case validationFraction, averagedEpochs, seed, device
    }
}

/// How far a training has come.
public struct TrainingProgress: Sendable {
    public let epoch: Int
    public let epochs: Int
    public let windowsDone: Int
    public let windowsTotal: Int
    public let windowsPerSecond: Double
    /// Mean over the epoch so far of `w Σ (y − ŷ)²` (the weights' mean is 1) against unit-norm factors: 1 is what predicting nothing gives.
    public let trainLoss: Double
    /// After the last whole epoch.
    public let validationLoss: Double?
}

/// One epoch's losses.
public struct EpochLoss: Codable, Equatable, Sendable {
    public let epoch: Int
    public let train: Double
    public let validation: Double?
}

/// What a training gives.
public struct TrainingResult: Sendable {
    public let model: NetworkModel
    public let losses: [EpochLoss]
    /// The epoch whose weights were kept.
    public let keptEpoch: Int
    public let windows: Int
    public let windowsPerSecond: Double
    public let device: String
}
