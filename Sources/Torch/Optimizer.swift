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
    /// What moves towards the parameters at every step, one tensor a parameter; nil for none.
    public let averages: [Tensor]?
    let momentum: Double
    let weightDecay: Double
    let gradientLimit: Double

    /// - Parameters:
    ///   - averages: tensors of the parameters' shapes that are to follow them.
    ///   - momentum: of nesterov alone.
    ///   - gradientLimit: the common L2 norm that gradients are scaled down to before a step; 0 for none.
    public init(
        _ rule: Rule, _ parameters: [Tensor], averages: [Tensor]? = nil, momentum: Double = 0.9,
        weightDecay: Double, gradientLimit: Double = 0
    ) throws {
        self.rule = rule
        self.parameters = parameters
        self.averages = averages
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.gradientLimit = gradientLimit
        memory = try rule.remembers.map { ($0, try parameters.map { try $0.zerosLike() }) }
    }

    /// Takes one step and clears the gradients; on a CPU in two passes over memory.
    /// - Parameters:
    ///   - number: counts the steps from 1; adamW's means start from zero, and are corrected by it.
    ///   - averageShare: `average += share · (parameter − average)` after the step.
    ///   - byOperations: with libtorch's operations one after the other: the plain reference.
    public func step(
        learningRate: Double, number: Int, averageShare: Double = 1, byOperations: Bool = false
    ) throws {
        var step = ctorch_step(
            is_adamw: rule == .adamW, learning_rate: learningRate, momentum: momentum,
            weight_decay: weightDecay, gradient_limit: gradientLimit, average_share: averageShare,
            number: Int64(number), by_operations: byOperations)
        var handles: [ctorch_tensor_t?] = parameters.map(\.handle)
        var first: [ctorch_tensor_t?] = memory[0].tensors.map(\.handle)
        var second: [ctorch_tensor_t?] = memory.count > 1 ? memory[1].tensors.map(\.handle) : []
        var means: [ctorch_tensor_t?] = averages?.map(\.handle) ?? []
        let (hasSecond, hasMeans) = (!second.isEmpty, !means.isEmpty)
        try check(
            second.withUnsafeMutableBufferPointer { second in
                means.withUnsafeMutableBufferPointer { means in
                    ctorch_optimizer_step(
                        &handles, &first, hasSecond ? second.baseAddress : nil,
                        hasMeans ? means.baseAddress : nil, Int32(handles.count), &step)
                }
            }, "take a step")
    }
}
