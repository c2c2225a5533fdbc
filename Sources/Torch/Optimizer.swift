import CTorch

/// Takes steps down the gradients of its parameters.
public struct Optimizer {
    public enum Rule: String, Codable, Sendable {
        /// Stochastic gradient descent with Nesterov momentum, as `torch.optim.SGD(nesterov=True)` has it (blog).
        case nesterov
        /// Adam with decoupled weight decay (Loshchilov & Hutter 2019), betas 0.9 and 0.99, as `torch.optim.AdamW` has it.
        case adamW

        /// What it keeps for every parameter between steps.
        public var remembers: [String] { self == .nesterov ? ["velocity"] : ["mean", "square"] }
    }

    public let rule: Rule
    public let parameters: [Tensor]
    /// What a rule remembers, one tensor a parameter in each: nesterov its `velocity`; adamW the gradients' `mean` and
    /// mean `square`. Kept in checkpoints.
    public let memory: [(name: String, tensors: [Tensor])]
    let momentum: Double
    let weightDecay: Double

    /// - Parameter momentum: of nesterov alone.
    public init(
        _ rule: Rule, _ parameters: [Tensor], momentum: Double = 0.9, weightDecay: Double
    ) throws {
        self.rule = rule
        self.parameters = parameters
        self.momentum = momentum
        self.weightDecay = weightDecay
        memory = try rule.remembers.map { ($0, try parameters.map { try $0.zerosLike() }) }
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
    /// - Parameter number: counts the steps from 1; adamW's means start from zero, and are corrected by it.
    public func step(learningRate: Double, number: Int) throws {
        var handles: [ctorch_tensor_t?] = parameters.map(\.handle)
        var first: [ctorch_tensor_t?] = memory[0].tensors.map(\.handle)
        let count = Int32(handles.count)
        switch rule {
        case .nesterov:
            try check(
                ctorch_sgd_step(&handles, &first, count, learningRate, momentum, weightDecay),
                "take a step")
        case .adamW:
            var second: [ctorch_tensor_t?] = memory[1].tensors.map(\.handle)
            try check(
                ctorch_adamw_step(
                    &handles, &first, &second, count, learningRate, weightDecay, Int64(number)),
                "take a step")
        }
    }
}
