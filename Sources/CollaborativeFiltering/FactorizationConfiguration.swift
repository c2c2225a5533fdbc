import Foundation
import Matrices

/// Settings of the weighted matrix factorisation (Hu, Koren, Volinsky 2008; paper §3).
public struct FactorizationConfiguration: Codable, Equatable, Sendable {
    /// How play counts become confidence: `1 + α·r` or `1 + α·log(1 + r/ε)`.
    public enum Confidence: String, Codable, CaseIterable, Sendable { case linear, log }

    public var dimensions = 40
    public var iterations = 15
    /// λ
    public var regularization: Float = 0.01
    /// α
    public var alpha: Float = 40
    /// ε, of the logarithmic confidence.
    public var epsilon: Float = 1
    public var confidence = Confidence.linear
    /// How much the sound counts for a song with few plays, against the evidence of all listeners together.
    public var songPriorWeight: Float = 0.5
    /// With so many listeners of a song its absence in the others' plays counts for half, and what the sound foretells of them for half.
    public var songPriorListeners: Float = 10
    public var seed: UInt64 = 0
    /// Threads; 0 for all cores. The result does not depend on it.
    public var threads = 0

    public init() {}

    /// What the library uses: the paper's logarithmic confidence, which real play counts (a few huge ones) need.
    public static let catalogue: FactorizationConfiguration = {
        var configuration = FactorizationConfiguration()
        configuration.confidence = .log
        configuration.alpha = 2
        configuration.regularization = 10
        return configuration
    }()

    private enum CodingKeys: String, CodingKey {
        case dimensions, iterations, regularization, alpha, epsilon, confidence, songPriorWeight,
            songPriorListeners, seed
    }

    /// Settings that a version before this one did not write have their default; so has the weight of the sound, which meant something else
    /// there and was nobody's choice.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<T: Decodable>(_ key: CodingKeys, _ standard: T) throws -> T {
            try values.decodeIfPresent(T.self, forKey: key) ?? standard
        }
        dimensions = try value(.dimensions, dimensions)
        iterations = try value(.iterations, iterations)
        regularization = try value(.regularization, regularization)
        alpha = try value(.alpha, alpha)
        epsilon = try value(.epsilon, epsilon)
        confidence = try value(.confidence, confidence)
        if values.contains(.songPriorListeners) {
            songPriorWeight = try value(.songPriorWeight, songPriorWeight)
            songPriorListeners = try value(.songPriorListeners, songPriorListeners)
        }
        seed = try value(.seed, seed)
    }

    /// c for a play count r.
    public func confidence(of plays: Float) -> Float {
        switch confidence {
        case .linear: 1 + alpha * plays
        case .log: 1 + alpha * Foundation.log(1 + plays / epsilon)
        }
    }
}

/// Places in the taste space.
public struct Factors: Equatable, Sendable {
    /// `[listeners, dimensions]`
    public var listeners: Matrix
    /// `[songs, dimensions]`
    public var songs: Matrix

    public init(listeners: Matrix, songs: Matrix) {
        self.listeners = listeners
        self.songs = songs
    }
}

/// One iteration done.
public struct FactorizationProgress: Sendable {
    public let iteration: Int
    public let iterations: Int
    public let loss: Double
    /// As they are after this iteration.
    public let factors: Factors
}

/// What a factorisation gives.
public struct Factorization: Sendable {
    public let factors: Factors
    /// The objective after each iteration.
    public let losses: [Double]
    /// Median over the iterations, without the loss's computation.
    public let secondsPerIteration: Double
    /// The same in seconds of all processors this process had: what a busy machine hardly changes.
    public let processorSecondsPerIteration: Double
}

/// What can go wrong in collaborative filtering.
public enum FactorizationError: Error, Equatable, Sendable, CustomStringConvertible {
    case noInteractions
    case badSetting(name: String, reason: String)
    case wrongShape(what: String, got: [Int], expected: [Int])
    case singular(what: String)

    public var description: String {
        switch self {
        case .noInteractions: "there are no plays to factorize; import listening history first."
        case .badSetting(let name, let reason): "the setting \(name) \(reason)."
        case .wrongShape(let what, let got, let expected):
            "\(what) has shape \(got), expected \(expected)."
        case .singular(let what):
            "the equations of \(what) cannot be solved; use a larger --regularization (0.01 or more)."
        }
    }
}
