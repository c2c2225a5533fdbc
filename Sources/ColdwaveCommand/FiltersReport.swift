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
    }

    struct Layer: Encodable {
        let name: String
        let filters: [Filter]
    }

    /// The first layer's filters are in the order they are drawn.
    let layers: [Layer]
    /// The weight that is drawn in full colour.
    let limit: Float
    /// Correlation of neighbouring bands' weights: near 0 where training has not shaped them.
    let smoothness: Double
    let playlists: Int

    init(_ picture: FilterPicture, _ units: HeardUnits?, top: Int, playlists: Int) {
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
                        top: moments(unit.moments), topMean: moments(unit.means))
                })
        }
    }
}
