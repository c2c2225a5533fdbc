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
