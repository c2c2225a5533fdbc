import Matrices
import Torch

/// The networks there are to choose from.
public enum NetworkName: String, Codable, CaseIterable, Sendable {
    /// Ours: the default, wide and deep.
    case coldwave2
    /// Its deep way alone.
    case coldwave1
    /// The method's, as published.
    case dieleman2014

    public var shape: NetworkConfiguration {
        switch self {
        case .coldwave2: .coldwave2
        case .coldwave1: .coldwave1
        case .dieleman2014: .dieleman2014
        }
    }
}

/// How the network is trained: in mini-batches of random windows against songs' factors.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
    public var network = NetworkName.coldwave2
    /// Passes over the songs; in each, every song is heard in `windowsPerSong` random windows.
    public var epochs = 10
    /// Windows that are heard at least: songs that are few are passed over more often. Nil for `epochs` passes, however few they are.
    public var leastWindows: Int? = 20_000
    public var windowsPerSong = 4
    public var batchSize = 32
    public var optimizer = Optimizer.Rule.adamW
    /// Highest learning rate; it rises linearly over the first 5 % of the steps and falls as a cosine to a hundredth.
    public var learningRate = 1e-3
    /// Root mean square of every hidden layer's output at the start.
    public var activationScale = 0.5
    /// Of the rule `nesterov` alone.
    public var momentum = 0.9
    public var weightDecay = 1e-2
    /// The power of its factors' norm that a song's target keeps. 0: unit norm, since the norm follows popularity (blog). 1: as it is; then
    /// the network also learns which sound is loved by many, and songs of few listeners, whose factors say little, count little.
    public var targetPower = 1.0
    /// A song counts in the loss by this power of its factors' norm; 0: all songs count alike.
    public var songWeighting = 0.0
    /// What is changed at random in what is heard while learning.
    public var augmentation = SpectralAugmentation()
    /// Gradients are scaled down to this common norm.
    public var gradientLimit = 1.0
    /// Share of the groups (artists) kept aside to watch the loss on; nothing is learned from them. None where that would be fewer
    /// than 30.
    public var validationFraction = 0.1
    /// What is kept is the weights' mean over about so many of the last epochs (Polyak averaging), as it was after the epoch with
    /// the lowest validation loss where artists are kept aside, else at the end; 0 for the last weights as they are.
    public var averagedEpochs = 1.0
    public var seed: UInt64 = 0
    public var device = "auto"
    /// What products are computed in; nil for what is faster on the device.
    public var precision: Precision?
    /// Threads; 0 for all cores. Not part of what the result depends on.
    public var threads = 0

    public init() {}

    /// What suits a network; for the method's it is the published training: SGD with Nesterov momentum, unit-norm targets, every
    /// song alike, windows as they are.
    public init(for network: NetworkName) {
        self.init()
        self.network = network
        guard network == .dieleman2014 else { return }
        epochs = 8
        leastWindows = nil
        optimizer = .nesterov
        learningRate = 0.08
        weightDecay = 1e-4
        targetPower = 0
        augmentation = .none
    }

    /// Passes over so many songs.
    public func passes(over songs: Int) -> Int {
        let windows = max(1, songs * windowsPerSong)
        return max(epochs, ((leastWindows ?? 0) + windows - 1) / windows)
    }

    private enum CodingKeys: String, CodingKey {
        case network, epochs, leastWindows, windowsPerSong, batchSize, optimizer, learningRate,
            activationScale,
            momentum, weightDecay, gradientLimit, targetPower, songWeighting, augmentation
        case validationFraction, averagedEpochs, seed, device, precision
    }
}

/// How far a training has come.
public struct TrainingProgress: Sendable {
    public let epoch: Int
    public let epochs: Int
    public let windowsDone: Int
    public let windowsTotal: Int
    public let windowsPerSecond: Double
    /// Mean over the epoch so far of `w Σ (y − ŷ)²` (the weights' mean is 1) against factors of mean square norm 1: 1 is about what predicting nothing gives.
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
    public let precision: Precision
}
