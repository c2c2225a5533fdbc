import Foundation
import Torch

/// Losses of batches, added up.
struct LossTotal: Codable, Equatable, Sendable {
    let sum: Double
    let count: Int
}

/// The mean of losses. On a GPU they are added up where they are: reading one waits for all work before it.
struct LossMeter {
    private let device: String
    /// How long a divergence may go unnoticed.
    private let secondsBetweenReads: TimeInterval
    private var nextRead: Date
    private var unread: (sum: Tensor, count: Int)?
    private var sum = 0.0
    private var count = 0

    /// - Parameters:
    ///   - total: what had been read before.
    ///   - secondsBetweenReads: at least so long a GPU works on undisturbed; 0 on a CPU, which has nothing to wait for.
    init(device: String, from total: LossTotal? = nil, secondsBetweenReads: TimeInterval? = nil) {
        self.device = device
        self.secondsBetweenReads = secondsBetweenReads ?? (device == "cpu" ? 0 : 60)
        nextRead = Date().addingTimeInterval(self.secondsBetweenReads)
        sum = total?.sum ?? 0
        count = total?.count ?? 0
    }

    /// Over all that were read so far.
    var mean: Double { sum / Double(max(1, count)) }

    /// - Returns: false once a loss that was read is not a number.
    mutating func add(_ loss: Tensor, _ count: Int, isLast: Bool) throws -> Bool {
        let total = try unread ?? (Tensor.from([0], shape: [], device: device), 0)
        try total.sum.accumulate(loss, factor: Double(count))
        unread = (total.sum, total.count + count)
        if isLast || Date() >= nextRead { try read() }
        return sum.isFinite
    }

    /// All until now.
    mutating func total() throws -> LossTotal {
        try read()
        return LossTotal(sum: sum, count: count)
    }

    private mutating func read() throws {
        guard let unread else { return }
        sum += Double(try unread.sum.item())
        count += unread.count
        self.unread = nil
        nextRead = Date().addingTimeInterval(secondsBetweenReads)
    }
}
