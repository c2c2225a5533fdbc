import AudioNetwork
import Foundation
import Matrices
import Projection

/// What is known of a unit: what to call it, why, and the songs that excite it.
public struct UnitDescription: Sendable {
    public let index: Int
    public let label: String
    /// The numbers that the label rests on.
    public internal(set) var evidence: [String]
    /// Of a filter, or of the mean of what excites it; nil for dense layers.
    public let sound: FilterLabel?
    /// What its songs have in common; of convolutions what its moments hold.
    public let enrichment: [Enrichment]
    public let moments: [UnitMoment]
    public let means: [UnitMoment]
    /// Whether the label tells of a chord or a waver that its moments hold.
    let isNamedByMoments: Bool
    /// False where the label says only that there is nothing to say.
    public var isNamed: Bool {
        guard let sound, !isNamedByMoments else { return !enrichment.isEmpty }
        switch sound.shape {
        case .tone, .band: return true
        case .broad: return sound.course == .onset || sound.course == .release
        case .unshaped: return false
        }
    }
}

public struct LayerDescription: Sendable {
    public let name: String
    /// Frames that a unit hears at a moment.
    public let reach: Int
    public let units: [UnitDescription]
    /// How the units differ.
    public let character: LayerCharacter
    /// Units that no song excites.
    public var dead: Int { units.count { $0.moments.isEmpty } }
    /// Units that answer to few songs; nil for outputs.
    public var specific: Int? {
        let told = character.sparseness.compactMap { $0 }
        return told.isEmpty ? nil : told.count { $0 >= LayerCharacter.specific }
    }
}

/// Names the units of a network from their weights, from what excites them, and from the songs' tags.
struct UnitStudy<Source: SpectrogramSource> {
    let model: NetworkModel
    let source: Source
    /// Per song of the source.
    let tags: [Set<Enrichment.Tag>]
    /// Per convolution and unit what its moments hold.
    var sounds: [String: [[Enrichment]]] = [:]
    /// Hz, `[bands]`.
    let bands: [Double]
    var frameSeconds = 110.0 / 22050

    func describe(_ layers: [LayerExcitement]) throws -> [LayerDescription] {
        try layers.map { layer in
            let enrichment = Enrichment.find(layer.means.map { $0.map(\.song) }, tags: tags)
            let isConvolution = layer.name.hasPrefix("conv")
            let filters = layer.name == "conv1" ? try model.firstFilters() : []
            let units = try layer.moments.indices.map { unit in
                let sound: FilterLabel? =
                    if layer.moments[unit].isEmpty || !isConvolution {
                        nil
                    } else if !filters.isEmpty {
                        FilterLabel(filters[unit], bands: bands)
                    } else {
                        try heard(layer, unit)
                    }
                var description = describe(
                    layer, unit: unit, sound: sound,
                    isConvolution
                        ? (sound == nil ? [] : sounds[layer.name]?[unit] ?? []) : enrichment[unit])
                // What a first filter answers to in music may be told even where its weights look like noise.
                if !filters.isEmpty, let heard = try heard(layer, unit) {
                    description.evidence.append(
                        "its \(UnitMoments.strong(layer.moments[unit]).count) strongest moments: \(heard.text), \(heard.evidence)"
                    )
                }
                return description
            }
            return LayerDescription(
                name: layer.name, reach: layer.reach, units: units, character: layer.character)
        }
    }

    private func heard(_ layer: LayerExcitement, _ unit: Int) throws -> FilterLabel? {
        let strong = UnitMoments.strong(layer.moments[unit])
        guard strong.count >= UnitMoments.fewest else { return nil }
        return FilterLabel(try stimulus(strong, reach: layer.reach), bands: bands)
    }

    /// The mean of what excites a unit most, in standard deviations over the training songs, `[reach, bands]`.
    func stimulus(_ moments: [UnitMoment], reach: Int) throws -> Matrix {
        let (mean, deviation) = (
            model.tensors["input.mean"]?.values ?? [], model.tensors["input.std"]?.values ?? []
        )
        var sum = Matrix(rows: reach, columns: source.bands)
        for moment in moments {
            let heard = try source.stretch(
                of: moment.song, moment.frame..<moment.frame + reach)
            for i in heard.storage.indices {
                let band = i % source.bands
                sum.storage[i] += (heard.storage[i] - mean[band]) / max(deviation[band], 1e-6)
            }
        }
        for i in sum.storage.indices { sum.storage[i] /= Float(max(1, moments.count)) }
        return sum
    }

    private func describe(
        _ layer: LayerExcitement, unit: Int, sound: FilterLabel?, _ enrichment: [Enrichment]
    ) -> UnitDescription {
        let moments = layer.moments[unit]
        let reach = Double(layer.reach) * frameSeconds
        // A first filter is its weights; what its moments hold besides is evidence and no name.
        let told =
            layer.name == "conv1"
            ? nil : sound.flatMap { MomentWords.told(enrichment, $0, reach: reach) }
        var evidence: [String] = []
        let label: String
        if moments.isEmpty {
            label = "dead: no song excites it"
        } else if layer.name.hasPrefix("conv"), sound == nil {
            label = "too few songs excite it strongly to say: \(UnitMoments.strong(moments).count)"
        } else if let sound {
            let from =
                layer.name == "conv1"
                ? "by its positive weights"
                : "by the mean of its \(UnitMoments.strong(moments).count) strongest moments"
            label = MomentWords.label(sound, told)
            evidence =
                enrichment.prefix(3).map(\.evidence)
                + ["\(told == nil ? "" : "\(sound.text): ")\(sound.evidence) (\(from))"]
        } else {
            label = Enrichment.words(enrichment) ?? "no genre, language, artist or time stands out"
            evidence = enrichment.prefix(4).map(\.evidence)
        }
        return UnitDescription(
            index: unit, label: label, evidence: evidence, sound: sound, enrichment: enrichment,
            moments: moments, means: layer.means[unit], isNamedByMoments: told != nil)
    }
}

/// What a convolution's moments add to its name.
enum MomentWords {
    /// A unit that hears less cannot hear a waver of four to eight a second.
    static let leastForVibrato = 0.4

    /// What at least half of the moments hold, a chord before a voice before a waver; nil where it says nothing of the unit.
    /// - Parameter reach: seconds that the unit hears.
    static func told(_ enrichment: [Enrichment], _ sound: FilterLabel, reach: Double)
        -> Enrichment?
    {
        let most = enrichment.filter { $0.comparison == .moments && 2 * $0.found >= $0.best }
        // One note of a chord answers in the chord too, and so does a voice to what hears no more than its moments.
        let chord = most.first { $0.kind == "chord" && sound.shape != .tone }
        return chord ?? most.first { $0.kind == "sound" }
            ?? most.first { $0.kind == "tone" && reach >= leastForVibrato }
    }

    /// "C major chord", "band 1.2–2.4 kHz, voice-like", "band 1.2–2.4 kHz, sustained, with vibrato".
    static func label(_ sound: FilterLabel, _ told: Enrichment?) -> String {
        guard let told else { return sound.text }
        if told.kind == "chord" { return "\(told.value) chord" }
        if sound.shape == .unshaped {
            return told.kind == "sound" ? told.value : "tone \(told.value)"
        }
        return "\(sound.text), \(told.value)"
    }
}

extension NetworkModel {
    /// The first convolution's filters, `[frames, bands]` each.
    func firstFilters() throws -> [Matrix] {
        guard let weight = tensors["conv1.weight"], weight.shape.count == 3 else {
            throw NetworkError.missingTensor(name: "conv1.weight")
        }
        let (count, bands, frames) = (weight.shape[0], weight.shape[1], weight.shape[2])
        return (0..<count).map { filter in
            var matrix = Matrix(rows: frames, columns: bands)
            for band in 0..<bands {
                for frame in 0..<frames {
                    matrix[frame, band] = weight.values[(filter * bands + band) * frames + frame]
                }
            }
            return matrix
        }
    }
}
