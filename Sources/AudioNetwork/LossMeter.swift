import Torch

/// Losses of batches, added up.
struct LossTotal: Codable, Equatable, Sendable {
    let sum: Double
    let count: Int
}

/// The mean of losses, which are read a few at a time: reading one waits for the device.
struct LossMeter {
    private let every: Int
    private var pending: [(loss: Tensor, count: Int)] = []
    private var sum = 0.0
    private var count = 0

    /// - Parameter total: what had been read before.
    init(every: Int, from total: LossTotal? = nil) {
        self.every = every
        sum = total?.sum ?? 0
        count = total?.count ?? 0
    }

    /// Over all that were read so far.
    var mean: Double { sum / Double(max(1, count)) }

    /// - Returns: false once a loss is not a number.
    mutating func add(_ loss: Tensor, _ count: Int, isLast: Bool) throws -> Bool {
        pending.append((loss, count))
        if isLast || pending.count >= every { try read() }
        return sum.isFinite
    }

    /// All until now.
    mutating func total() throws -> LossTotal {
        try read()
        return LossTotal(sum: sum, count: count)
    }

    private mutating func read() throws {
        for (loss, count) in pending {
            sum += Double(try loss.item()) * Double(count)
            self.count += count
        }
        pending = []
    }
}
