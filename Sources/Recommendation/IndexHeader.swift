import Foundation

/// How the graph of an index is made; see ``VectorIndex``.
public struct GraphConfiguration: Codable, Equatable, Sendable {
    /// M: links of a node on the upper levels, 2…256; twice as many on the lowest.
    public var degree = 16
    /// Nodes kept in mind while a new one seeks its neighbours, 1…100,000.
    public var efConstruction = 100
    /// Decides the nodes' levels. The same vectors and settings give the same graph, whatever the number of threads.
    public var seed: UInt64 = 0

    public init() {}
}

/// The first page of an index, in memory and on disk: what stands where.
///
/// All numbers are little-endian; every section begins at a page.
struct IndexHeader: Codable, Equatable, Sendable {
    static let magic = Data("COLDNEAR".utf8)
    static let currentVersion = 1
    static let page = 4096

    struct Graph: Codable, Equatable, Sendable {
        var configuration: GraphConfiguration
        var entry: Int32
        var top: Int32
        var towers: Int
    }

    var version = IndexHeader.currentVersion
    var metric: VectorIndex.Metric
    var rows: Int
    var dimensions: Int
    /// The furthest a vector is from its four-bit code, in units of its scale.
    var residual = 0.0
    /// The longest vector's length.
    var longest = 0.0
    /// Of the vectors that the index was made from.
    var digest: String
    /// What the vectors belong to, such as a run's name.
    var source: String
    var graph: Graph?

    /// The page: magic, JSON, spaces.
    func encoded() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var data = Self.magic
        data.append((try? encoder.encode(self)) ?? Data())
        data.append(Data(repeating: 0x20, count: max(0, Self.page - data.count)))
        return data
    }

    /// - Throws: ``VectorIndexError`` when it is no header of an index, or of a later version.
    init(_ data: Data, path: String) throws {
        guard data.count >= Self.page, data.prefix(Self.magic.count) == Self.magic else {
            throw VectorIndexError.notAnIndex(path: path)
        }
        struct Version: Decodable { let version: Int }
        let body = data.prefix(Self.page).dropFirst(Self.magic.count)
        guard let version = try? JSONDecoder().decode(Version.self, from: body).version else {
            throw VectorIndexError.damaged(path: path, reason: "its header cannot be read")
        }
        guard version <= Self.currentVersion else {
            throw VectorIndexError.newerVersion(
                path: path, got: version, expected: Self.currentVersion)
        }
        guard let header = try? JSONDecoder().decode(IndexHeader.self, from: body),
            header.isPossible
        else { throw VectorIndexError.damaged(path: path, reason: "its header makes no sense") }
        self = header
    }

    init(metric: VectorIndex.Metric, rows: Int, dimensions: Int, digest: String, source: String) {
        self.metric = metric
        self.rows = rows
        self.dimensions = dimensions
        self.digest = digest
        self.source = source
    }

    private var isPossible: Bool {
        guard (0...Int(Int32.max) - 64).contains(rows), (0...65_536).contains(dimensions),
            residual >= 0, longest >= 0
        else { return false }
        guard let graph else { return true }
        let nodes = Int32(clamping: rows)
        return (2...256).contains(graph.configuration.degree)
            && dimensions <= VectorIndex.graphDimensions
            && (rows == 0 ? graph.entry == -1 : (0..<nodes).contains(graph.entry))
            && (-1...255).contains(graph.top) && (0...Int(Int32.max)).contains(graph.towers)
    }
}

/// Where the sections of an index lie, in bytes from its start.
struct IndexLayout: Sendable {
    let vectors: Range<Int>
    let codes: Range<Int>
    let scales: Range<Int>
    let walkCodes: Range<Int>
    let links: Range<Int>
    let levels: Range<Int>
    let towers: Range<Int>
    let upper: Range<Int>
    let size: Int

    init(_ header: IndexHeader, stride: Int) {
        let (n, d) = (header.rows, header.dimensions)
        let blocks = (n + VectorIndex.lanes - 1) / VectorIndex.lanes
        let groups = (d + VectorIndex.group - 1) / VectorIndex.group
        var end = IndexHeader.page
        func section(_ bytes: Int) -> Range<Int> {
            let start = end
            end += (bytes + IndexHeader.page - 1) / IndexHeader.page * IndexHeader.page
            return start..<start + bytes
        }
        vectors = section(4 * n * d)
        codes = section(64 * blocks * groups)
        scales = section(4 * blocks * VectorIndex.lanes)
        let degree = header.graph?.configuration.degree ?? 0
        let nodes = header.graph == nil ? 0 : n
        walkCodes = section(nodes * stride)
        links = section(8 * nodes * degree)
        levels = section(nodes)
        towers = section(4 * nodes)
        upper = section(4 * (header.graph?.towers ?? 0) * degree)
        size = end
    }
}

/// What can go wrong with an index on disk.
public enum VectorIndexError: Error, Equatable, Sendable, CustomStringConvertible {
    case notAnIndex(path: String)
    case newerVersion(path: String, got: Int, expected: Int)
    case damaged(path: String, reason: String)
    case foreign(path: String, what: String, got: String, expected: String)

    /// What is wrong, without the file's name: a part of a sentence.
    public var reason: String {
        switch self {
        case .notAnIndex: "it is not an index of vectors"
        case .newerVersion(_, let got, let expected):
            "it was made by a newer Coldwave (version \(got); this one reads up to \(expected))"
        case .damaged(_, let reason): "it is damaged, \(reason)"
        case .foreign(_, let what, let got, let expected):
            "it is the index of something else: its \(what) is \(got), not \(expected)"
        }
    }

    public var description: String {
        switch self {
        case .notAnIndex(let path), .newerVersion(let path, _, _), .damaged(let path, _),
            .foreign(let path, _, _, _):
            "cannot use \(path): \(reason). Make the index anew (`coldwave lab neighbors … --save-index`)."
        }
    }
}
