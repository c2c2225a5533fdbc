import ArgumentParser
import CollaborativeFiltering
import Foundation
import ListeningHistory
import Matrices

/// Plays to hold some out of, and how the rest is factorised: for the `lab` commands that judge lists.
struct HeldOutOptions: ParsableArguments {
    @Argument(help: "listener<TAB>song<TAB>count, plain, .gz or .zst.", completion: .file())
    var triplets: String
    @Option var dimensions = 40
    @Option var iterations = 15
    @Option var regularization: Float = 10
    @Option var alpha: Float = 2
    @Option(help: "linear: 1 + α·r; log: 1 + α·log(1 + r/ε).") var confidence =
        FactorizationConfiguration.Confidence.log
    @Option var seed: UInt64 = 0
    @Option(help: "Threads.") var threads = Parallel.defaultThreads

    func plays() throws -> Interactions {
        try Interactions(triplets: URL(fileURLWithPath: triplets), threads: threads)
    }

    var factorization: FactorizationConfiguration {
        var configuration = FactorizationConfiguration()
        configuration.dimensions = dimensions
        configuration.iterations = iterations
        configuration.regularization = regularization
        configuration.alpha = alpha
        configuration.confidence = confidence
        configuration.threads = threads
        return configuration
    }
}
