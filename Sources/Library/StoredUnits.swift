import AudioNetwork
import Foundation
import Matrices
import Projection

/// What `filters` leaves beside a network: what excites its units, and what stands out in every song.
struct StoredUnits {
    /// `units.json`.
    struct Heard: Codable {
        let digest: String
        let layers: [LayerExcitement]
        /// Per convolution and unit what its moments hold; see ``MomentSounds``.
        let sounds: [String: [[Enrichment]]]
    }

    /// `labels.json`: the convolutions' units, in the order in which highlights count them.
    struct Labels: Codable {
        struct Unit: Codable {
            let name: String
            let label: String
            let isNamed: Bool
            let reach: Int
        }
        let digest: String
        let frameSeconds: Double
        let units: [Unit]
    }

    let folder: URL

    private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    private func read<T: Decodable>(_ name: String) -> T? {
        (try? Data(contentsOf: file(name))).flatMap { try? JSONDecoder().decode(T.self, from: $0) }
    }

    func heard(digest: String) -> Heard? {
        let heard: Heard? = read("units.json")
        return heard?.digest == digest ? heard : nil
    }

    func labels() -> Labels? { read("labels.json") }

    func write(_ heard: Heard, _ highlights: [[SongHighlight]], _ tracks: [Track]) throws {
        let width = highlights.map(\.count).max() ?? 0
        var values = Matrix(rows: highlights.count, columns: 3 * width)
        for i in values.storage.indices { values.storage[i] = -1 }
        for (row, list) in highlights.enumerated() {
            for (i, item) in list.enumerated() {
                values[row, 3 * i] = Float(item.unit)
                values[row, 3 * i + 1] = Float(item.frame)
                values[row, 3 * i + 2] = item.deviations
            }
        }
        try ArrayFile.write(values, to: file("highlights.npy"))
        try LineFile.write(
            tracks.map { "\($0.id ?? 0)\t\($0.soundDigest)" }, to: file("highlights.txt"))
        // Last, since its digest says that all are there.
        try AtomicFile.write(JSONEncoder().encode(heard), to: file("units.json"))
    }

    func write(_ labels: Labels) throws {
        try AtomicFile.write(JSONEncoder().encode(labels), to: file("labels.json"))
    }
}

/// A unit that a song excites more than other songs do.
public struct HeardFilter: Codable, Equatable, Sendable {
    /// "conv3/17".
    public let unit: String
    public let label: String
    /// Seconds into the file: the middle of what the unit hears.
    public let second: Double
    /// Standard deviations above the mean of all songs' peaks.
    public let deviations: Float

    /// "conv3/17 (A4 tone, sustained) at 0:12".
    public var text: String {
        let whole = Int(second)
        return "\(unit) (\(label)) at \(whole / 60):" + String(format: "%02d", whole % 60)
    }
}

/// What stands out in the sound of every song, as `filters` found it with the network that predicted them.
struct StoredHighlights: Sendable {
    let labels: StoredUnits.Labels
    private let values: Matrix
    /// Rows by the track's id and what was heard of it.
    private let rows: [String: Int]
    /// Units told of a song, of different layers.
    static let told = 2

    /// Nil where `filters` has not been run since the network was trained, or what it left is damaged.
    init?(_ folder: URL) {
        let stored = StoredUnits(folder: folder)
        guard let labels = stored.labels(),
            let values = try? ArrayFile.readMatrix(folder.appendingPathComponent("highlights.npy")),
            let lines = try? LineFile.read(folder.appendingPathComponent("highlights.txt")),
            lines.count == values.rows, values.columns % 3 == 0
        else { return nil }
        self.labels = labels
        self.values = values
        rows = Dictionary(zip(lines, 0...), uniquingKeysWith: { a, _ in a })
    }

    /// The units with a name that stand out most, at most one a layer, the strongest first.
    func filters(of track: Track) -> [HeardFilter] {
        guard let row = rows["\(track.id ?? 0)\t\(track.soundDigest)"] else { return [] }
        var layers: Set<Substring> = []
        var found: [HeardFilter] = []
        for i in stride(from: 0, to: values.columns, by: 3) where found.count < Self.told {
            let index = Int(values[row, i])
            guard labels.units.indices.contains(index), labels.units[index].isNamed,
                values[row, i + 2] >= 1
            else { continue }
            let unit = labels.units[index]
            guard layers.insert(unit.name.prefix { $0 != "/" }).inserted else { continue }
            let moment = UnitMoment(song: 0, frame: Int(values[row, i + 1]), activation: 0)
            let second = track.second(
                of: moment, reach: unit.reach, frameSeconds: labels.frameSeconds)
            found.append(
                HeardFilter(
                    unit: unit.name, label: unit.label, second: (second * 100).rounded() / 100,
                    deviations: values[row, i + 2]))
        }
        return found
    }
}

extension Track {
    /// Seconds into the file: the middle of what a unit hears at a moment.
    func second(of moment: UnitMoment, reach: Int, frameSeconds: Double) -> Double {
        let middle = Double(min(moment.frame, frames)) + Double(min(reach, frames)) / 2
        return second(ofHeard: middle * frameSeconds)
    }
}
