import Foundation
import Matrices

/// What differs between two masters of one song: how loud it is, and how its spectrum is coloured. Each window that is learned from is
/// changed so at random, which keeps the network from knowing artists by their mastering.
///
/// Both are in units of the bands' standard deviation over the training songs; on the library's log-mel 0.6 is about 7 dB.
public struct SpectralAugmentation: Codable, Equatable, Sendable {
    /// Standard deviation of the level, the same for all bands; default 0.6.
    public var gain = 0.6
    /// Standard deviation of each of the first four cosines over the bands; default 0.3.
    public var colour = 0.3

    public init() {}

    public static let none: SpectralAugmentation = {
        var none = SpectralAugmentation()
        none.gain = 0
        none.colour = 0
        return none
    }()

    /// `spread · (gain·g + Σ_k colour·c_k cos(π k (b + ½) / bands))`, `k = 1…4`, g and c_k standard normal; `[bands]`.
    func change(bands: Int, spread: Float, using generator: inout SeededGenerator) -> [Float] {
        let level = gain * generator.normal()
        let weights = (1...4).map { _ in colour * generator.normal() }
        return (0..<bands).map { band in
            var sum = level
            for (k, weight) in weights.enumerated() {
                sum += weight * cos(.pi * Double(k + 1) * (Double(band) + 0.5) / Double(bands))
            }
            return spread * Float(sum)
        }
    }
}

extension NetworkModel {
    /// The bands' mean standard deviation over the training songs.
    func inputDeviation() throws -> Float {
        let deviations = try tensor("input.std").values
        return deviations.reduce(0, +) / Float(max(1, deviations.count))
    }
}
