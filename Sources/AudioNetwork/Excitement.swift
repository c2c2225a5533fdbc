/// Where a song excites a unit most.
public struct UnitMoment: Codable, Equatable, Sendable {
    /// The song's row in the source.
    public var song: Int
    /// The first frame that the unit hears at that moment.
    public let frame: Int
    public let activation: Float

    public init(song: Int, frame: Int, activation: Float) {
        self.song = song
        self.frame = frame
        self.activation = activation
    }
}

/// What excites the units of one layer, over all songs of a source.
public struct LayerExcitement: Codable, Equatable, Sendable {
    /// `conv1`, …, `dense1`, …, `outputs`.
    public let name: String
    /// Frames that a unit hears at a moment, from its first on.
    public let reach: Int
    /// Per unit the songs with the highest maximum, best first, each once. Songs that leave a unit at zero are not among them, so
    /// a dead unit has none.
    public var moments: [[UnitMoment]]
    /// Per unit the songs with the highest mean, best first: the frame is that of the song's maximum, the activation the mean.
    public var means: [[UnitMoment]]
    /// How its units differ.
    public var character: LayerCharacter

    public init(
        name: String, reach: Int, moments: [[UnitMoment]], means: [[UnitMoment]],
        character: LayerCharacter
    ) {
        self.name = name
        self.reach = reach
        self.moments = moments
        self.means = means
        self.character = character
    }
}

/// What excites a network, over all songs of a source.
public struct NetworkExcitement: Equatable, Sendable {
    public var layers: [LayerExcitement]
    /// Per song of the source what stands out in it.
    public var highlights: [[SongHighlight]]
}

/// The best few songs of every unit of a layer: all that is kept of what was heard.
struct BestMoments {
    let limit: Int
    private(set) var units: [[UnitMoment]]

    init(units: Int, limit: Int) {
        self.limit = limit
        self.units = Array(repeating: [], count: units)
    }

    /// Songs come in ascending order; of equals the earlier one stays.
    mutating func offer(_ moment: UnitMoment, to unit: Int) {
        guard moment.activation.isFinite else { return }
        let full = units[unit].count >= limit
        if full {
            guard let worst = units[unit].last, moment.activation > worst.activation else { return }
            units[unit].removeLast()
        }
        let place = units[unit].firstIndex { $0.activation < moment.activation }
        units[unit].insert(moment, at: place ?? units[unit].count)
    }
}

extension NetworkConfiguration {
    /// Frames between the steps of every convolution's output, and frames that a step hears: step s of it hears
    /// `s · stride …< s · stride + reach`.
    public var receptiveFields: [(stride: Int, reach: Int)] {
        var (stride, reach) = (inputPool, inputPool)
        return convolutions.map { layer in
            reach += (layer.width - 1 + layer.pool - 1) * stride
            // Pooling that follows looks at `pool` steps beside each other and then moves on by as many.
            stride *= layer.pool
            return (stride, reach)
        }
    }
}
