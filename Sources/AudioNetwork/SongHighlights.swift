import Foundation
import Matrices

/// The convolutions' units that a song excites more than other songs do.
public struct SongHighlight: Equatable, Sendable {
    /// Counted through all convolutions, the first layer's first.
    public let unit: Int
    /// The first frame that the unit hears when it peaks.
    public let frame: Int
    /// Standard deviations by which its peak lies above the mean of all songs' peaks.
    public let deviations: Float

    public init(unit: Int, frame: Int, deviations: Float) {
        self.unit = unit
        self.frame = frame
        self.deviations = deviations
    }
}

/// Finds every song's highlights in one pass.
///
/// A unit's mean and deviation over all songs are known only at the end, so of each song those units are kept that stand out by what is known
/// when it comes (of the first 256 songs everything is kept until then), some more than are told, and weighed anew at the end.
/// - Complexity: memory O(songs · kept + 256 · units).
struct SongHighlights {
    /// Told of a song, and kept until the end.
    static let told = 12
    private static let kept = 24
    private static let first = 256

    private struct Peak {
        let unit: Int
        let frame: Int
        let value: Float
    }

    private var waiting: [[Peak]] = []
    private var songs: [[Peak]] = []
    private var count = 0.0
    private var mean: [Double] = []
    private var squares: [Double] = []

    /// - Parameter peaks: of every unit of the convolutions, with its frame.
    mutating func add(_ peaks: [(frame: Int, value: Float)]) {
        if mean.isEmpty {
            mean = Array(repeating: 0, count: peaks.count)
            squares = mean
        }
        count += 1
        // Welford's update.
        for (unit, peak) in peaks.enumerated() {
            let delta = Double(peak.value) - mean[unit]
            mean[unit] += delta / count
            squares[unit] += delta * (Double(peak.value) - mean[unit])
        }
        let all = peaks.enumerated().map { Peak(unit: $0, frame: $1.frame, value: $1.value) }
        if waiting.count + songs.count < Self.first {
            waiting.append(all)
            return
        }
        release()
        songs.append(best(all, Self.kept))
    }

    private mutating func release() {
        songs += waiting.map { best($0, Self.kept) }
        waiting = []
    }

    private func deviations(_ peak: Peak) -> Float {
        let deviation = (squares[peak.unit] / max(1, count)).squareRoot()
        return deviation > 0 ? Float((Double(peak.value) - mean[peak.unit]) / deviation) : 0
    }

    private func best(_ peaks: [Peak], _ limit: Int) -> [Peak] {
        Array(
            peaks.map { ($0, deviations($0)) }.filter { $0.1 > 0 && $0.0.value > 0 }
                .sorted { ($1.1, $0.0.unit) < ($0.1, $1.0.unit) }.prefix(limit).map(\.0))
    }

    /// Per song, in the order they came: what stands out most first.
    mutating func finish() -> [[SongHighlight]] {
        release()
        return songs.map { peaks in
            best(peaks, Self.told).map {
                SongHighlight(unit: $0.unit, frame: $0.frame, deviations: deviations($0))
            }
        }
    }
}
