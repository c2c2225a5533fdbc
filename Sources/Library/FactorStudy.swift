import Evaluation
import Foundation
import Matrices
import Projection

/// What the dimensions of the taste space are like: how many there are in effect, and what each one's two ends sound like.
public struct FactorStudy: Sendable {
    /// How songs' places fill the space.
    public struct Spread: Codable, Equatable, Sendable {
        /// "plays", "sound", "both".
        public let from: String
        public let songs: Int
        public let dimensions: Int
        /// `(Σλ)² / Σλ²` of the covariance's eigenvalues, 1…dimensions: as many equally varying directions would be as rich.
        public let participationRatio: Double
        /// The fewest directions that keep 90 % of the variance.
        public let dimensionsFor90: Int
    }

    /// One end of a factor: the songs there and what they have in common.
    public struct End: Sendable {
        /// Index among the songs and the factor's value, the most extreme first.
        public let songs: [(song: Int, value: Float)]
        /// More often than chance, most significant first.
        public let enrichment: [Enrichment]

        /// "Dub", "Dub, 1980s", "Rap, Spanish", or nil.
        public var words: String? {
            let told = ["genre", "language", "artist", "years"].compactMap { kind in
                enrichment.first { $0.kind == kind }
            }
            // An artist's songs are of one genre mostly.
            let short = told.first?.kind == "genre" ? told.filter { $0.kind != "artist" } : told
            return short.isEmpty ? nil : short.map(\.value).joined(separator: ", ")
        }
    }

    public struct Factor: Sendable {
        public let index: Int
        /// Share of the variance of the predictions from sound that this factor holds.
        public let share: Double
        /// Correlation of the prediction from sound with the factor from plays, over songs that have both; nil for fewer than 10 of them.
        public let heard: Double?
        public let high: End
        public let low: End
    }

    public let spreads: [Spread]
    /// By falling share.
    public let factors: [Factor]
    /// Songs at an end.
    static let end = 20
    /// Songs that are enough for eigenvalues, spread evenly.
    static let sample = 20_000

    /// - Parameters:
    ///   - tracks: the songs that ends count.
    ///   - tags: theirs.
    /// - Returns: nil where there are no predictions by this network, or fewer than three songs.
    init?(_ catalogue: Catalogue, network: String, tracks: [Track], tags: [Set<Enrichment.Tag>])
        throws
    {
        guard try catalogue.lastRun(.predict) != nil else { return nil }
        let predictions = try catalogue.storedPredictions(for: "study the factors")
        guard predictions.networkRun == network else { return nil }
        let place = Dictionary(
            tracks.enumerated().map { ($1.id ?? 0, $0) }, uniquingKeysWith: { a, _ in a })
        let rows = predictions.tracks.indices.filter { place[predictions.tracks[$0]] != nil }
        let songs = rows.compactMap { place[predictions.tracks[$0]] }
        guard rows.count >= 3, predictions.predicted.columns > 0 else { return nil }
        let predicted = try predictions.predicted.matrix()
        let sound = predicted.selectingRows(rows)
        var spreads: [Spread] = []
        var heard: [Double?] = Array(repeating: nil, count: sound.columns)
        if let factors = try? catalogue.storedFactors(for: "study the factors"),
            factors.run == predictions.factorsRun
        {
            spreads.append(Self.spread("plays", factors.factors.songs))
            let row = Dictionary(zip(factors.songs, 0...), uniquingKeysWith: { a, _ in a })
            let both = predictions.tracks.indices.compactMap { i in
                row[.track(predictions.tracks[i])].map { (predicted: i, played: $0) }
            }
            if both.count >= 10 {
                let a = predicted.selectingRows(both.map(\.predicted)).unitRows()
                let b = factors.factors.songs.selectingRows(both.map(\.played)).unitRows()
                heard = (0..<min(a.columns, b.columns)).map { Self.correlation(a, b, $0) }
            }
        }
        spreads.append(Self.spread("sound", sound))
        spreads.append(Self.spread("both", predictions.blended))
        self.spreads = spreads
        factors = Self.factors(sound, songs, tags, heard)
    }

    private static func factors(
        _ values: Matrix, _ songs: [Int], _ tags: [Set<Enrichment.Tag>], _ heard: [Double?]
    ) -> [Factor] {
        let ends = (0..<values.columns).flatMap { k -> [[(song: Int, value: Float)]] in
            let order = (0..<values.rows).sorted {
                (values[$0, k], $1) > (values[$1, k], $0)
            }
            // The two ends share no song.
            let count = min(end, values.rows / 2)
            func list(_ rows: some Sequence<Int>) -> [(song: Int, value: Float)] {
                rows.map { (songs[$0], values[$0, k]) }
            }
            return [list(order.prefix(count)), list(order.suffix(count).reversed())]
        }
        let found = Enrichment.find(ends.map { $0.map(\.song) }, tags: tags)
        let variances = (0..<values.columns).map { variance(values, $0) }
        let total = max(variances.reduce(0, +), .leastNormalMagnitude)
        return (0..<values.columns).map { k in
            Factor(
                index: k, share: variances[k] / total, heard: k < heard.count ? heard[k] : nil,
                high: End(songs: ends[2 * k], enrichment: found[2 * k]),
                low: End(songs: ends[2 * k + 1], enrichment: found[2 * k + 1]))
        }.sorted { ($1.share, $0.index) < ($0.share, $1.index) }
    }

    static func spread(_ name: String, _ values: Matrix) -> Spread {
        let step = max(1, (values.rows + sample - 1) / sample)
        let some = values.selectingRows(Array(stride(from: 0, to: values.rows, by: step)))
        let shares = Evaluation.PrincipalComponents(some, keeping: 1).shares
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        let sum = shares.reduce(0, +)
        var (kept, count) = (0.0, 0)
        for share in shares where kept < 0.9 * sum {
            kept += share
            count += 1
        }
        return Spread(
            from: name, songs: values.rows, dimensions: values.columns,
            participationRatio: squares > 0 ? sum * sum / squares : 0, dimensionsFor90: count)
    }

    private static func variance(_ values: Matrix, _ column: Int) -> Double {
        let list = (0..<values.rows).map { Double(values[$0, column]) }
        let mean = list.reduce(0, +) / Double(max(1, list.count))
        return list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, list.count))
    }

    private static func correlation(_ a: Matrix, _ b: Matrix, _ column: Int) -> Double? {
        let n = Double(a.rows)
        let (x, y) = (
            (0..<a.rows).map { Double(a[$0, column]) }, (0..<b.rows).map { Double(b[$0, column]) }
        )
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for i in x.indices {
            xx += (x[i] - mx) * (x[i] - mx)
            yy += (y[i] - my) * (y[i] - my)
            xy += (x[i] - mx) * (y[i] - my)
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
    }
}
