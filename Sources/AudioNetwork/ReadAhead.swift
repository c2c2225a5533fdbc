import Dispatch
import Synchronization

/// A sequence of values, each made in another thread while the one before it is used. The values and their order are those
/// of making them one after the other.
struct ReadAhead<Value: Sendable> {
    private let count: Int
    private let make: @Sendable (Int) throws -> Value
    private var index = 0
    private var pending: Pending?

    init(_ count: Int, _ make: @escaping @Sendable (Int) throws -> Value) {
        self.count = count
        self.make = make
        if count > 0 { pending = Pending(0, make) }
    }

    /// The next value, nil after the last; begins with the one after it.
    mutating func next() throws -> Value? {
        guard let value = try pending?.wait() else { return nil }
        index += 1
        pending = index < count ? Pending(index, make) : nil
        return value
    }

    /// One value under way.
    private final class Pending: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)
        private let done = DispatchSemaphore(value: 0)

        init(_ index: Int, _ make: @escaping @Sendable (Int) throws -> Value) {
            DispatchQueue.global(qos: .userInitiated).async { [self] in
                let made = Result { try make(index) }
                result.withLock { $0 = made }
                done.signal()
            }
        }

        func wait() throws -> Value? {
            done.wait()
            return try result.withLock { $0 }?.get()
        }
    }
}
