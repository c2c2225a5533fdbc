import Foundation

/// libtorch's threads wait for each other in a loop that burns the core they wait on, by default for milliseconds. On a machine that
/// does anything else besides, that keeps the thread waited for from running: training beside other programs was ten times slower
/// on two cores. A short wait and then sleep is as fast on a quiet machine, but can only be asked for in the environment before
/// libtorch is loaded, so the command starts itself anew; with what ``FastPrecision`` found out, which is asked for in the same way.
enum QuietThreads {
    /// Of libgomp, libtorch's thread library: how often a waiting thread looks before it sleeps.
    private static let name = "GOMP_SPINCOUNT"

    static func restartIfNeeded() {
        #if os(Linux)
            var changes = FastPrecision.environment()
            if getenv(name) == nil, getenv("OMP_WAIT_POLICY") == nil { changes[name] = "1000" }
            guard !changes.isEmpty else { return }
            for (variable, value) in changes { setenv(variable, value, 1) }
            // By its own path rather than by /proc/self/exe, after which the process would be called "exe".
            let link = "/proc/self/exe"
            let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
            var arguments: [UnsafeMutablePointer<CChar>?] =
                CommandLine.arguments.map { strdup($0) } + [nil]
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
