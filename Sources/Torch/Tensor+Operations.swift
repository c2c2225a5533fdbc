import CTorch

extension Tensor {
    /// Convolution over time, max-pooling over `pool` steps and ReLU:
    /// `[N, T, C]`, weight `[out, C, width]`, bias `[out]` → `[N, (T − width + 1) / pool, out]`.
    public func convolved(_ weight: Tensor, _ bias: Tensor, pool: Int) throws -> Tensor {
        try Self.make("convolve") {
            ctorch_convolve_pool_relu(handle, weight.handle, bias.handle, Int32(pool), $0)
        }
    }

    /// ``convolved(_:_:pool:)`` by libtorch's conv1d: the plain reference.
    public func convolvedByReference(_ weight: Tensor, _ bias: Tensor, pool: Int) throws -> Tensor {
        try Self.make("convolve") {
            ctorch_convolve_pool_relu_reference(handle, weight.handle, bias.handle, Int32(pool), $0)
        }
    }

    /// Mean over every `frames` steps of time, without what is left at the end: `[N, T, C]` → `[N, T / frames, C]`.
    public func averagedOverFrames(_ frames: Int) throws -> Tensor {
        frames == 1
            ? self
            : try Self.make("average frames") { ctorch_mean_frames(handle, Int32(frames), $0) }
    }

    /// Mean, maximum and `sqrt(mean(x²))` over time, side by side: `[N, T, C]` → `[N, 3C]`.
    public func pooledOverTime() throws -> Tensor {
        try Self.make("pool over time") { ctorch_pool_over_time(handle, $0) }
    }

    /// ``pooledOverTime()`` by libtorch's operations: the plain reference.
    public func pooledOverTimeByReference() throws -> Tensor {
        try Self.make("pool over time") { ctorch_pool_over_time_reference(handle, $0) }
    }

    /// `x·Wᵀ + b`: `[N, in]` → `[N, out]`.
    public func linear(_ weight: Tensor, _ bias: Tensor) throws -> Tensor {
        try Self.make("multiply") { ctorch_linear(handle, weight.handle, bias.handle, $0) }
    }

    public func relu() throws -> Tensor { try Self.make("apply ReLU") { ctorch_relu(handle, $0) } }

    /// Zeroes elements at random and scales the others up; nothing at probability 0.
    /// - Parameter generator: gives one number, which all of this tensor's come from.
    public func dropout(
        _ probability: Double, using generator: inout some RandomNumberGenerator
    ) throws -> Tensor {
        if probability == 0 { return self }
        let seed = generator.next()
        return try Self.make("drop out") { ctorch_dropout(handle, probability, seed, $0) }
    }

    /// `(x − mean) / deviation` over the last dimension.
    public func standardized(mean: Tensor, deviation: Tensor) throws -> Tensor {
        try Self.make("standardize") {
            ctorch_standardize(handle, mean.handle, deviation.handle, $0)
        }
    }

    /// `mean over rows n of wₙ Σ (x − target)²`: `[N, D]`, weights `[N]` or nil for 1 → scalar.
    public func squaredError(_ target: Tensor, weights: Tensor? = nil) throws -> Tensor {
        try Self.make("compute the error") {
            ctorch_squared_error(handle, target.handle, weights?.handle, $0)
        }
    }

    /// `mean over rows x of x·A x − 2 b·x + s`: `[N, D]`, A `[N, D, D]`, b `[N, D]`, s `[N]` → scalar.
    public func quadraticError(_ a: Tensor, _ b: Tensor, _ s: Tensor) throws -> Tensor {
        try Self.make("compute the error") {
            ctorch_quadratic_error(handle, a.handle, b.handle, s.handle, $0)
        }
    }

    /// ``pooledOverTime()`` of windows of one song, without recording: `[1, T, C]` → `[starts.count, 3C]`.
    public func pooledWindows(at starts: [Int], length: Int) throws -> Tensor {
        try Self.make("pool windows") {
            ctorch_pool_windows(
                handle, starts.map(Int64.init), Int32(starts.count), Int64(length), $0)
        }
    }

    public func cast(to precision: Precision) throws -> Tensor {
        try Self.make("cast") { ctorch_cast(handle, precision == .bfloat16, $0) }
    }
}
