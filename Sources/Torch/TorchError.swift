import CTorch

/// What libtorch says when it refuses.
public enum TorchError: Error, Equatable, Sendable, CustomStringConvertible {
    case failed(operation: String, reason: String)
    case deviceMissing(name: String)

    public var description: String {
        switch self {
        case .failed(let operation, let reason): "libtorch could not \(operation): \(reason)"
        case .deviceMissing(let name):
            "this machine (or this build of libtorch) has no device \"\(name)\"; use --device cpu."
        }
    }
}

/// Turns a status of the shim into an error with libtorch's own words.
func check(_ status: Int32, _ operation: String) throws {
    guard status == 0 else {
        throw TorchError.failed(operation: operation, reason: String(cString: ctorch_last_error()))
    }
}
