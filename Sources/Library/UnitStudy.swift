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
    public let enrichment: [Enrichment]
    public let moments: [UnitMoment]
    public let means: [UnitMoment]
    /// False where the label says only that there is nothing to say.
    public var isNamed: Bool {
        guard let sound else { return !enrichment.isEmpty }
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
    /// Units that no song excites.
    public var dead: Int { units.count { $0.moments.isEmpty } }
}

/// Names the units of a network from their weights, from what excites them, and from the songs' tags.
struct UnitStudy<Source: SpectrogramSource> {
    let model: NetworkModel
    let source: Source
    /// Per song of the source.
    let tags: [Set<Enrichment.Tag>]
    /// Hz, `[bands]`.
    let bands: [Double]
    /// Moments that make the mean of what excites a unit.
    static var averaged: Int { 10 }
    /// The mean of fewer says more of those songs than of the unit.
    static var fewest: Int { 5 }

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
                    layer, unit: unit, sound: sound, isConvolution ? [] : enrichment[unit])
                // What a first filter answers to in music may be told even where its weights look like noise.
                if !filters.isEmpty, let heard = try heard(layer, unit) {
                    description.evidence.append(
                        "its \(Self.strong(layer.moments[unit]).count) strongest moments: \(heard.text), \(heard.evidence)"
                    )
                }
                return description
            }
            return LayerDescription(name: layer.name, reach: layer.reach, units: units)
        }
    }

    /// The strongest moments, of at least half the strongest one's activation: weaker ones are of another kind.
    static func strong(_ moments: [UnitMoment]) -> [UnitMoment] {
        let best = moments.first?.activation ?? 0
        return moments.prefix(averaged).filter { $0.activation >= best / 2 }
    }

    private func heard(_ layer: LayerExcitement, _ unit: Int) throws -> FilterLabel? {
        let strong = Self.strong(layer.moments[unit])
        guard strong.count >= Self.fewest else { return nil }
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
        var evidence: [String] = []
        let label: String
        if moments.isEmpty {
            label = "dead: no song excites it"
        } else if layer.name.hasPrefix("conv"), sound == nil {
            label = "too few songs excite it strongly to say: \(Self.strong(moments).count)"
        } else if let sound {
            label = sound.text
            let from =
                layer.name == "conv1"
                ? "by its positive weights"
                : "by the mean of its \(Self.strong(moments).count) strongest moments"
            evidence = ["\(sound.evidence) (\(from))"]
        } else {
            // An artist's songs are of one genre mostly, so the artist says something only where no genre does.
            let told = enrichment.first { $0.kind == "genre" } ?? enrichment.first
            label = told?.value ?? "no genre or artist stands out"
            evidence = enrichment.prefix(4).map(\.evidence)
        }
        return UnitDescription(
            index: unit, label: label, evidence: evidence, sound: sound, enrichment: enrichment,
            moments: moments, means: layer.means[unit])
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
