import Foundation

/// What computing wants of the process, which can only be asked for in the environment before libtorch is loaded. So the command starts
/// itself anew, with that and with what ``FastPrecision`` found out. What someone has set already stays as it is.
enum TunedProcess {
    /// libtorch's threads wait for each other in a loop that burns the core they wait on, by default for milliseconds. On a machine that
    /// does anything else besides, that keeps the thread waited for from running: training beside other programs was ten times slower
    /// on two cores. A short wait and then sleep is as fast on a quiet machine.
    private static let threads = ["GOMP_SPINCOUNT": "1000"]
    /// Every step needs the same memory as the one before. By default large pieces go back to the system each time, which clears
    /// them anew: a fifth of a training's time with the method's network.
    private static let memory = [
        "MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "1073741824",
        "MALLOC_TOP_PAD_": "67108864",
    ]

    /// What to set besides what is set.
    static func changes(to environment: [String: String]) -> [String: String] {
        let isSet = { (name: String) in environment[name] != nil }
        var changes = isSet("GOMP_SPINCOUNT") || isSet("OMP_WAIT_POLICY") ? [:] : threads
        if !environment.keys.contains(where: { $0.hasPrefix("MALLOC_") }) {
            changes.merge(memory) { $1 }
        }
        return changes
    }

    static func restartIfNeeded() {
        #if os(Linux)
            var changes = FastPrecision.environment()
            changes.merge(Self.changes(to: ProcessInfo.processInfo.environment)) { $1 }
            guard !changes.isEmpty else { return }
            for (variable, value) in changes { setenv(variable, value, 1) }
            // By its own path rather than by /proc/self/exe, after which the process would be called "exe".
            let link = "/proc/self/exe"
            let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
            var arguments: [UnsafeMutablePointer<CChar>?] =
                ProcessArguments.all.map { strdup($0) } + [nil]
            execv(path, &arguments)
            // Only where that failed does this go on, as it would have without.
            for case let argument? in arguments { free(argument) }
        #endif
    }
}

/// A command that computes with libtorch for longer than starting anew takes.
protocol ComputesWithTorch {}

extension Train: ComputesWithTorch {}
extension Predict: ComputesWithTorch {}
extension Build: ComputesWithTorch {}
extension Evaluate: ComputesWithTorch {}
extension Demo: ComputesWithTorch {}
extension LabTrain: ComputesWithTorch {}
extension LabPredict: ComputesWithTorch {}
