import ArgumentParser
import Evaluation
import Library

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The paper's table on this library's own data.",
        discussion: """
            cold: songs of whole artists are held out, their plays never reach the factors the network learns from, and
            every listener's ranking of them is judged.

            warm: some of every listener's songs are held out, the ones they came to last where times are known, and the
            models that know plays rank all other songs. Works without any audio. After `factorize --baskets sessions` or
            playlists, these stand for the listeners.
            """)

    enum ProtocolName: String, ExpressibleByArgument, CaseIterable { case cold, warm }

    @Option(name: .customLong("protocol"), help: "How songs are held out.")
    var protocolName = ProtocolName.cold

    @Option(help: "Parts the songs are divided into.")
    var folds = 5

    @Option(help: "Run only the first so many folds.")
    var foldLimit: Int?

    @Option(help: "warm: share of a listener's songs that is held out.")
    var share = 0.2

    @Flag(help: "cold: train the paper's network as well, for comparison.")
    var paperNetwork = false

    @OptionGroup var neighbors: NeighborOptions
    @OptionGroup var training: TrainingOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard folds >= 2 else { throw ValidationError("--folds must be at least 2.") }
        guard share > 0, share < 1 else {
            throw ValidationError("--share must be between 0 and 1.")
        }
        guard foldLimit ?? 1 >= 1 else { throw ValidationError("--fold-limit must be at least 1.") }
    }

    func run() throws {
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let report =
            switch protocolName {
            case .cold: try cold(display)
            case .warm: try warm(display)
            }
        display.finish()
        try options.output.print(report) { EvaluationText.text(report) }
    }

    private func cold(_ display: ProgressDisplay) throws -> EvaluationReport {
        var configuration = ColdEvaluationConfiguration()
        configuration.folds = folds
        configuration.limit = foldLimit
        configuration.seed = training.seed
        configuration.paperNetwork = paperNetwork
        configuration.training = training.configuration(threads: options.threads)
        return try ColdEvaluation(
            options.open(), configuration: configuration, context: options.context(display)
        ).run()
    }

    private func warm(_ display: ProgressDisplay) throws -> EvaluationReport {
        var configuration = WarmEvaluationConfiguration()
        configuration.share = share
        configuration.seed = training.seed
        configuration.neighbors = neighbors.configuration
        return try WarmEvaluation(
            options.open(), configuration: configuration, context: options.context(display)
        ).run()
    }
}

enum EvaluationText {
    typealias Report = EvaluationReport

    static func text(_ report: EvaluationReport) -> String {
        let head =
            report.protocol == "warm"
            ? "warm: \(report.split) held out among \(report.songs) songs"
            : "cold start: \(report.songs) songs held out in \(report.folds) fold\(report.folds == 1 ? "" : "s") by artist"
        return
            "\(head), \(report.rankings) rankings; 95 % intervals over listeners; \(seconds(report.seconds))\n\n"
            + report.table()
    }
}
