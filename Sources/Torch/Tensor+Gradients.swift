import CTorch

extension Tensor {
    /// Marks a leaf tensor as one to learn; gives it back.
    public func requiringGradient() throws -> Tensor {
        try check(ctorch_set_requires_gradient(handle), "ask for a gradient")
        return self
    }

    /// Computes the gradients of everything this scalar was made from.
    public func backward() throws { try check(ctorch_backward(handle), "run backwards") }

    /// A copy of the gradient.
    public func gradient() throws -> Tensor {
        try Self.make("read a gradient") { ctorch_gradient(handle, $0) }
    }
}

/// Stochastic gradient descent with Nesterov momentum.
public struct NesterovSGD {
    public let parameters: [Tensor]
    /// One velocity a parameter; kept in checkpoints.
    public let velocities: [Tensor]
    public var momentum: Double
    public var weightDecay: Double

    public init(_ parameters: [Tensor], momentum: Double, weightDecay: Double) throws {
        self.parameters = parameters
        velocities = try parameters.map { try $0.zerosLike() }
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    /// Scales gradients down to a common norm of at most `limit`.
    /// - Returns: the norm before.
    public func clip(_ limit: Double) throws -> Double {
        var handles: [ctorch_tensor_t?] = parameters.map(\.handle)
        var norm = 0.0
        try check(
            ctorch_clip_gradients(&handles, Int32(handles.count), limit, &norm), "clip gradients")
        return norm
    }

    /// Takes one step and clears the gradients.
    public func step(learningRate: Double) throws {
        var handles: [ctorch_tensor_t?] = parameters.map(\.handle)
        var moving: [ctorch_tensor_t?] = velocities.map(\.handle)
        try check(
            ctorch_sgd_step(
                &handles, &moving, Int32(handles.count), learningRate, momentum, weightDecay),
            "take a step")
    }
}
