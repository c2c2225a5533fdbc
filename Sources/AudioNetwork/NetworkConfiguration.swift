/// The shape of the network; the defaults are the method's (blog 2014; paper: NIPS 2013).
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
    public var convolutions = [
        Convolution(filters: 256, width: 4, pool: 4), Convolution(filters: 256, width: 4, pool: 2),
        Convolution(filters: 256, width: 4, pool: 2), Convolution(filters: 512, width: 4, pool: 1),
    ]
    /// Units of each hidden dense layer.
    public var denseUnits = [2048, 2048]
    public var dropout = 0.5
    /// Dimensions of the taste space.
    public var outputs = 40

    public init() {}

    /// Frames between two steps of the last convolution: windows that start at multiples of it are exact slices of a
    /// pass over the whole song.
    public var stride: Int { convolutions.reduce(1) { $0 * $1.pool } }

    /// Steps of the last convolution's output for a number of input frames.
    public func steps(frames: Int) -> Int {
        convolutions.reduce(frames) { max(0, ($0 - $1.width + 1) / $1.pool) }
    }

    /// Parameters' names and shapes, as a PyTorch module would have them: `conv1.weight` `[out, in, width]`, …
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
}
