import Foundation
import Matrices

/// What a filter, or the mean of what excites a unit, can honestly be called.
///
/// Only positive weights count for the band: they are what excites. Nothing is named that the numbers don't hold: a filter spread over
/// all bands, or as rough as random numbers, gets no band, and a note only where the bands are finer than notes.
public struct FilterLabel: Codable, Equatable, Sendable {
    public enum Shape: String, Codable, Sendable { case tone, band, broad, unshaped }
    public enum Course: String, Codable, Sendable { case onset, release, sustained, mixed }

    public let shape: Shape
    public let course: Course
    /// Hz: centre of mass of the positive weights' energy, of bands at least half as strong as the strongest, and the bounds of its
    /// middle 80 %.
    public let centre: Double
    public let low: Double
    public let high: Double
    /// "A4" and the cents the centre is off it; nil where a band is wider than a semitone.
    public let note: String?
    public let cents: Int?
    /// Standard deviation of the energy over the bands, in bands.
    public let spread: Double
    /// Correlation of neighbouring bands' weights, −1…1.
    public let smoothness: Double

    /// A tone lies within this many bands (standard deviation), a band within that many.
    static let toneSpread = 2.5
    static let bandSpread = 18.0
    /// Under this the weights are no smoother than chance leaves them.
    static let roughest = 0.1

    /// - Parameters:
    ///   - filter: `[frames, bands]`; time runs down the rows.
    ///   - bands: the bands' frequencies, Hz, ascending.
    public init(_ filter: Matrix, bands: [Double]) {
        precondition(filter.columns == bands.count)
        var energy = [Double](repeating: 0, count: bands.count)
        for frame in 0..<filter.rows {
            for band in bands.indices {
                let weight = Double(max(0, filter[frame, band]))
                energy[band] += weight * weight
            }
        }
        // A pure tone reaches far on a logarithmic scale: what answers less than half as strongly as the best band is its flank.
        let least = (energy.max() ?? 0) / 4
        energy = energy.map { $0 < least ? 0 : $0 }
        let total = energy.reduce(0, +)
        smoothness = FilterPicture.smoothness([filter])
        func moment(_ of: (Int) -> Double) -> Double {
            total > 0 ? energy.indices.reduce(0) { $0 + energy[$1] * of($1) } / total : 0
        }
        let middle = moment { Double($0) }
        let spread = moment { (Double($0) - middle) * (Double($0) - middle) }.squareRoot()
        self.spread = spread
        centre = Self.hertz(middle, bands)
        low = Self.hertz(Self.quantile(0.1, energy, total), bands)
        high = Self.hertz(Self.quantile(0.9, energy, total), bands)
        // A single band is as smooth as can be, though its neighbours are zero.
        if total == 0 || (spread > Self.toneSpread && smoothness < Self.roughest) {
            shape = .unshaped
        } else {
            shape =
                spread <= Self.toneSpread ? .tone : spread <= Self.bandSpread ? .band : .broad
        }
        course = Self.course(filter, energy)
        let named = shape == .tone ? Self.note(centre, band: Int(middle.rounded()), bands) : nil
        note = named?.name
        cents = named?.cents
    }

    /// A frequency between two bands.
    static func hertz(_ band: Double, _ bands: [Double]) -> Double {
        let below = min(max(Int(band), 0), max(0, bands.count - 2))
        guard below + 1 < bands.count else { return bands.first ?? 0 }
        return bands[below] + (bands[below + 1] - bands[below]) * (band - Double(below))
    }

    private static func quantile(_ share: Double, _ energy: [Double], _ total: Double) -> Double {
        var sum = 0.0
        for (band, value) in energy.enumerated() {
            sum += value
            if sum >= share * total { return Double(band) }
        }
        return Double(max(0, energy.count - 1))
    }

    /// How the weights at the bands that matter change over time.
    private static func course(_ filter: Matrix, _ energy: [Double]) -> Course {
        let profile = (0..<filter.rows).map { frame in
            energy.indices.reduce(0.0) {
                $0 + energy[$1].squareRoot() * Double(filter[frame, $1])
            }
        }
        let half = profile.count / 2
        guard half > 0 else { return .mixed }
        let first = profile.prefix(half).reduce(0, +) / Double(half)
        let last = profile.suffix(half).reduce(0, +) / Double(half)
        let size = max(abs(first), abs(last))
        guard size > 0 else { return .mixed }
        // From (nearly) nothing, or from below, to much; and the other way round.
        if last > 0, first < 0.25 * last { return .onset }
        if first > 0, last < 0.25 * first { return .release }
        return profile.allSatisfy { $0 > 0 } ? .sustained : .mixed
    }

    /// The note next to a frequency, equal temperament on A4 = 440 Hz.
    static func note(_ hertz: Double, band: Int, _ bands: [Double]) -> (name: String, cents: Int)? {
        guard hertz > 20, bands.count > 1 else { return nil }
        let below = min(max(band, 1), bands.count - 1)
        // Bands must lie no further apart than notes, or a little more: half a band is then about a quarter-tone.
        guard bands[below - 1] > 0, log2(bands[below] / bands[below - 1]) * 12 < 1.1 else {
            return nil
        }
        let semitones = 69 + 12 * log2(hertz / 440)
        let nearest = Int(semitones.rounded())
        let names = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
        return (
            "\(names[nearest % 12])\(nearest / 12 - 1)",
            Int(((semitones - Double(nearest)) * 100).rounded())
        )
    }
}

extension FilterLabel {
    /// "A4 tone, sustained", "band 1.2–2.4 kHz, onset", "no clear shape".
    public var text: String {
        let time = course == .mixed ? "" : ", \(course.rawValue)"
        switch shape {
        case .tone: return (note.map { "\($0) tone" } ?? "tone at \(Self.text(centre))") + time
        case .band: return "band \(Self.text(low))–\(Self.text(high))" + time
        case .broad: return "broadband" + time
        case .unshaped: return "no clear shape"
        }
    }

    /// The numbers the text rests on.
    public var evidence: String {
        let centred =
            "centre \(Self.text(centre)), 80 % within \(Self.text(low))–\(Self.text(high)), spread \(String(format: "%.1f", spread)) bands"
        switch shape {
        case .tone:
            guard let note, let cents else {
                return centred + "; bands here are wider than a semitone, so no note is named"
            }
            return centred + "; \(note) \(cents < 0 ? "−" : "+")\(abs(cents)) cents"
        case .unshaped:
            return String(
                format:
                    "neighbouring bands correlate by %.2f only, spread %.0f bands: like random numbers",
                smoothness, spread)
        default: return centred
        }
    }

    static func text(_ hertz: Double) -> String {
        hertz >= 1000
            ? String(format: "%.1f kHz", hertz / 1000) : "\(Int(hertz.rounded())) Hz"
    }
}
