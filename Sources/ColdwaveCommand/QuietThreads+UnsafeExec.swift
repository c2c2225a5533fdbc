import Foundation

/// libtorch's threads wait for each other in a loop that burns the core they wait on. On a machine that does anything else besides,
/// each wait lasts until the other program is done: training beside one busy program was ten times slower on two cores.
/// Sleeping instead can only be asked for in the environment before libtorch is loaded, so the command starts itself anew.
enum QuietThreads {
    private static let name = "OMP_WAIT_POLICY"

    /// Does nothing where the environment already says how to wait, or where the process cannot be started anew.
    static func restartIfNeeded() {
        #if os(Linux)
            guard getenv(name) == nil, getenv("GOMP_SPINCOUNT") == nil else { return }
            // By its own path rather than by /proc/self/exe, after which the process would be called "exe".
            let link = "/proc/self/exe"
            let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
            setenv(name, "passive", 1)
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
