import ArgumentParser
import Foundation
import Library

/// Whether settings of the factorisation are chosen by plays that are held out, for `factorize` and `lab factorize`.
struct TuningOptions: ParsableArguments {
    @Flag(help: "Choose α, λ, dimensions and iterations by a held-out tenth of the plays.")
    var tune = false

    @Flag(help: "Choose the number of iterations by a held-out tenth of the plays.")
    var earlyStop = false

    var choice: TasteTuning { tune ? .full : earlyStop ? .earlyStop : .off }

    static func text(_ outcome: TasteTuning.Outcome) -> String {
        let chosen = outcome.configuration
        return String(
            format: "tuned: α %g, λ %g, %d dimensions, %d iterations (held-out nDCG@20 %.4f)",
            chosen.alpha, chosen.regularization, chosen.dimensions, chosen.iterations,
            outcome.ndcg20)
    }
}
