import AudioNetwork
import Library
import Projection

/// What `filters --json` prints.
struct FiltersReport: Encodable {
    struct Moment: Encodable {
        let track: Int64
        /// Seconds into the file: the middle of what the unit hears.
        let second: Double
        let activation: Float
    }

    struct Filter: Encodable {
        let index: Int
        let label: String?
        let evidence: [String]
        /// The songs with the highest maximum, best first.
        let top: [Moment]
        /// The songs with the highest mean; the second is that of the song's maximum.
        let topMean: [Moment]
        /// 0 (answers to all songs alike) … 1 (to a single one); absent for outputs and for a unit that never answers.
        var sparseness: Float?
        /// The unit of this layer whose answers over songs correlate most with this one's.
        var twin: LayerCharacter.Twin?
        /// Path of its audio file below the folder.
        var montage: String?
    }

    struct Layer: Encodable {
        let name: String
        let filters: [Filter]
        var character: Character?
    }

    /// How a layer's units differ.
    struct Character: Encodable {
        let songs: Int
        let dead: Int
        let specific: Int?
        let redundantPairs: Int
        let distinct: Int
        let effectiveDimension: Double
        /// The most alike, at most 200.
        let pairs: [LayerCharacter.Pair]
    }

    struct Factor: Encodable {
        struct End: Encodable {
            let words: String?
            let enrichment: [Enrichment]
            let tracks: [Int64]
        }
        let index: Int
        let varianceShare: Double
        /// Correlation of the prediction from sound with the factor from plays.
        let correlationWithPlays: Double?
        let high: End
        let low: End
    }

    struct Factors: Encodable {
        let spread: [FactorStudy.Spread]
        let factors: [Factor]
    }

    /// The first layer's filters are in the order they are drawn.
    let layers: [Layer]
    /// The weight that is drawn in full colour.
    let limit: Float
    /// Correlation of neighbouring bands' weights: near 0 where training has not shaped them.
    let smoothness: Double
    let playlists: Int
    let montages: Int
    let factors: Factors?

    init(
        _ picture: FilterPicture, _ units: HeardUnits?, top: Int, playlists: Int,
        montages: [String: [Int: String]] = [:]
    ) {
        self.montages = montages.values.reduce(0) { $0 + $1.count }
        factors = units.flatMap { units in units.factors.map { Self.factors($0, units.tracks) } }
        limit = picture.limit
        smoothness = picture.smoothness
        self.playlists = playlists
        guard let units else {
            layers = [
                Layer(
                    name: "conv1",
                    filters: picture.order.map {
                        Filter(index: $0, label: nil, evidence: [], top: [], topMean: [])
                    })
            ]
            return
        }
        layers = units.layers.map { layer in
            let order = layer.name == "conv1" ? picture.order : Array(layer.units.indices)
            return Layer(
                name: layer.name,
                filters: order.map { index in
                    let unit = layer.units[index]
                    func moments(_ list: [UnitMoment]) -> [Moment] {
                        list.prefix(top).map {
                            Moment(
                                track: units.tracks[$0.song].id ?? 0,
                                second: (units.second($0, reach: layer.reach) * 100).rounded()
                                    / 100, activation: $0.activation)
                        }
                    }
                    return Filter(
                        index: index, label: unit.label, evidence: unit.evidence,
                        top: moments(unit.moments), topMean: moments(unit.means),
                        sparseness: layer.character.sparseness[index],
                        twin: layer.character.twins[index],
                        montage: montages[layer.name]?[index])
                }, character: Self.character(layer))
        }
    }

    private static func character(_ layer: LayerDescription) -> Character {
        let character = layer.character
        return Character(
            songs: character.songs, dead: layer.dead, specific: layer.specific,
            redundantPairs: character.redundantPairs, distinct: character.distinct,
            effectiveDimension: character.effectiveDimension, pairs: character.pairs)
    }

    private static func factors(_ study: FactorStudy, _ tracks: [Track]) -> Factors {
        func end(_ end: FactorStudy.End) -> Factor.End {
            Factor.End(
                words: end.words, enrichment: end.enrichment,
                tracks: end.songs.map { tracks[$0.song].id ?? 0 })
        }
        return Factors(
            spread: study.spreads,
            factors: study.factors.map {
                Factor(
                    index: $0.index, varianceShare: $0.share, correlationWithPlays: $0.heard,
                    high: end($0.high), low: end($0.low))
            })
    }
}
