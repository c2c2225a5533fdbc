/// The shape of the network. Without anything else said it is the method's (blog 2014; paper: NIPS 2013), ``dieleman2014``;
/// ``coldwave1`` and ``coldwave2`` are ours.
public struct NetworkConfiguration: Codable, Equatable, Sendable {
    public struct Convolution: Codable, Equatable, Sendable {
        public var filters: Int
        /// Frames a filter spans.
        public var width: Int
        /// Steps of max-pooling after it; 1 for none.
        public var pool: Int

        public init(filters: Int, width: Int, pool: Int) {
            self.filters = filters
            self.width = width
            self.pool = pool
        }
    }

    public var name = "dieleman2014"
    /// Frames of a window: 599 of 110 samples at 22.05 kHz are 3 s.
    public var windowFrames = 599
    public var melBands = 128
    /// Frames that are averaged into one before the first convolution; 1 for none.
    public var inputPool = 1
    public var convolutions = [
        Convolution(filters: 256, width: 4, pool: 4), Convolution(filters: 256, width: 4, pool: 2),
        Convolution(filters: 256, width: 4, pool: 2), Convolution(filters: 512, width: 4, pool: 1),
    ]
    /// Units of each hidden dense layer.
    public var denseUnits = [2048, 2048]
    public var dropout = 0.5
    /// Dimensions of the taste space.
    public var outputs = 40
    /// Whether a linear map of the window's statistics is added to the output: see ``WidePath``.
    public var wide = false

    public init() {}

    /// The method's network: 0.31 GFLOP forward a window.
    public static let dieleman2014 = NetworkConfiguration()

    /// Ours: hears in steps of 20 ms instead of 5 and has fewer filters, so that a window costs a fraction and the same time
    /// gives many more steps of learning.
    public static let coldwave1: NetworkConfiguration = {
        var configuration = NetworkConfiguration()
        configuration.name = "coldwave1"
        configuration.inputPool = 4
        configuration.convolutions = [
            Convolution(filters: 128, width: 4, pool: 2),
            Convolution(filters: 128, width: 4, pool: 2),
            Convolution(filters: 256, width: 4, pool: 1),
        ]
        configuration.denseUnits = [512, 512]
        return configuration
    }()

    /// Ours, wide and deep: ``coldwave1`` and a linear map of what the window sounds like on average. The default.
    public static let coldwave2: NetworkConfiguration = {
        var configuration = coldwave1
        configuration.name = "coldwave2"
        configuration.wide = true
        return configuration
    }()

    /// Frames between two steps of the last convolution: windows that start at multiples of it are exact slices of a
    /// pass over the whole song.
    public var stride: Int { convolutions.reduce(inputPool) { $0 * $1.pool } }

    /// Where a song's windows begin, in frames: every half window, rounded to the stride, or every `step` frames; one window, padded, for a
    /// song that is shorter.
    func windowStarts(frames: Int, step: Int? = nil) -> [Int] {
        guard frames > windowFrames else { return [0] }
        return Array(
            Swift.stride(
                from: 0, through: frames - windowFrames, by: windowStep(step ?? windowFrames / 2)))
    }

    /// Frames between windows' starts: a multiple of the stride.
    func windowStep(_ wished: Int) -> Int { max(1, (wished + stride / 2) / stride) * stride }

    /// Steps of the last convolution's output for a number of input frames.
    public func steps(frames: Int) -> Int {
        convolutions.reduce(frames / inputPool) { max(0, ($0 - $1.width + 1) / $1.pool) }
    }

    /// Names and shapes of what gradients train, as a PyTorch module would have them: `conv1.weight` `[out, in, width]`, …
    public var parameterShapes: [(name: String, shape: [Int])] {
        var shapes: [(String, [Int])] = []
        var channels = melBands
        for (i, layer) in convolutions.enumerated() {
            shapes.append(("conv\(i + 1).weight", [layer.filters, channels, layer.width]))
            shapes.append(("conv\(i + 1).bias", [layer.filters]))
            channels = layer.filters
        }
        channels *= 3
        for (i, units) in (denseUnits + [outputs]).enumerated() {
            shapes.append(("dense\(i + 1).weight", [units, channels]))
            shapes.append(("dense\(i + 1).bias", [units]))
            channels = units
        }
        return shapes
    }

    /// Names and shapes of all else that a model holds: the input's normalisation, and the wide way's map where there is one.
    var solvedShapes: [(name: String, shape: [Int])] {
        [("input.mean", [melBands]), ("input.std", [melBands])]
            + (wide ? [("wide.weight", [outputs, 3 * melBands]), ("wide.bias", [outputs])] : [])
    }
}

extension NetworkConfiguration {
    /// What a file does not say, because it was written before it could be, is as it was then.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        windowFrames = try values.decode(Int.self, forKey: .windowFrames)
        melBands = try values.decode(Int.self, forKey: .melBands)
        inputPool = try values.decodeIfPresent(Int.self, forKey: .inputPool) ?? 1
        convolutions = try values.decode([Convolution].self, forKey: .convolutions)
        denseUnits = try values.decode([Int].self, forKey: .denseUnits)
        dropout = try values.decode(Double.self, forKey: .dropout)
        outputs = try values.decode(Int.self, forKey: .outputs)
        wide = try values.decodeIfPresent(Bool.self, forKey: .wide) ?? false
    }
}
