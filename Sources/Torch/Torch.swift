import CTorch

/// libtorch as a whole: its version, devices and threads.
public enum Torch {
    public static var version: String { String(cString: ctorch_version()) }

    /// The devices that can be used here: always "cpu", then "cuda" and "mps" where present.
    public static var devices: [String] {
        ["cpu", "cuda", "mps"].filter { ctorch_device_available($0) }
    }

    /// The device for a name: "auto" takes a GPU if there is one.
    /// - Throws: ``TorchError/deviceMissing(name:)``.
    public static func device(_ name: String) throws -> String {
        if name == "auto" { return devices.last ?? "cpu" }
        guard ctorch_device_available(name) else { throw TorchError.deviceMissing(name: name) }
        return name
    }

    /// Threads that operations use.
    public static func setThreads(_ count: Int) throws {
        try check(ctorch_set_threads(Int32(count)), "set threads")
    }

    /// How many threads the loops of our own kernels are shared out over: as many as were set, if all is well.
    public static func threadsOfLoops() throws -> Int {
        var threads: Int32 = 0
        try check(ctorch_threads_of_loops(&threads), "share out a loop")
        return Int(threads)
    }

    /// Runs `body` without recording for gradients.
    public static func withoutGradients<T>(_ body: () throws -> T) rethrows -> T {
        let before = ctorch_set_gradients(false)
        defer { _ = ctorch_set_gradients(before) }
        return try body()
    }
}
