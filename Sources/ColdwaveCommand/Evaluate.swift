import ArgumentParser
import CollaborativeFiltering
import Evaluation
import Foundation
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

            cold-to-warm: as cold, but the held-out songs get 0, 1, 3, 10, 30 and 100 of their plays back, and are placed by sound,
            by those plays, and by both.
            """)

    enum ProtocolName: String, ExpressibleByArgument, CaseIterable {
        case cold, warm
        case coldToWarm = "cold-to-warm"
    }

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

    enum BaselineSet: String, ExpressibleByArgument, CaseIterable { case fast, paper }

    @Option(
        help: """
            cold: which models ours stands beside. paper: also linear regression and MLP on a bag of words of timbre, and the network \
            with the weighted prediction error, which takes twice as long.
            """)
    var baselines = BaselineSet.fast

    @Option(help: "cold: words of the codebook (default: 2 a song, at most the paper's 4,000).")
    var codebookWords: Int?

    @Option(
        parsing: .upToNextOption,
        help: "cold-to-warm: weights of the sound against all listeners' evidence to try.")
    var priorWeight = [FactorizationConfiguration().songPriorWeight]

    @Option(
        parsing: .upToNextOption,
        help:
            "cold-to-warm: with how many listeners of a song the others' absence counts for half, to try."
    )
    var priorListeners = [FactorizationConfiguration().songPriorListeners]

    @Option(help: "cold-to-warm: also draw the curves, into this SVG file.")
    var picture: String?

    @OptionGroup var neighbors: NeighborOptions
    @OptionGroup var training: TrainingOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard folds >= 2 else { throw ValidationError("--folds must be at least 2.") }
        guard share > 0, share < 1 else {
            throw ValidationError("--share must be between 0 and 1.")
        }
        guard codebookWords ?? 2 >= 2 else {
            throw ValidationError("--codebook-words must be at least 2.")
        }
        guard picture == nil || protocolName == .coldToWarm else {
            throw ValidationError("--picture draws what --protocol cold-to-warm finds.")
        }
        guard foldLimit ?? 1 >= 1 else { throw ValidationError("--fold-limit must be at least 1.") }
    }

    func run() throws {
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        defer { display.finish() }
        let report: EvaluationReport
        switch protocolName {
        case .cold: report = try cold(display).run()
        case .warm: report = try warm(display)
        case .coldToWarm:
            let warming = try WarmingEvaluation(
                cold(display),
                blends: WarmingEvaluation.Blend.all(
                    weights: priorWeight, listeners: priorListeners)
            ).run()
            display.finish()
            // What took minutes to find is told first; a picture that cannot be written takes none of it away.
            try options.output.print(warming) { EvaluationText.text(warming) }
            if let picture {
                try warming.writeSVG(
                    title: "AUC of \(warming.songs) held-out songs, by plays shown of each",
                    to: URL(fileURLWithPath: picture))
            }
            return
        }
        display.finish()
        try options.output.print(report) { EvaluationText.text(report) }
    }

    private func cold(_ display: ProgressDisplay) throws -> ColdEvaluation {
        var configuration = ColdEvaluationConfiguration()
        configuration.folds = folds
        configuration.limit = foldLimit
        configuration.seed = training.seed
        configuration.paperNetwork = paperNetwork
        configuration.paperBaselines = baselines == .paper
        configuration.codebookWords = codebookWords
        configuration.training = training.configuration(threads: options.threads)
        return try ColdEvaluation(
            options.open(), configuration: configuration, context: options.context(display))
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

    static func text(_ report: WarmingReport) -> String {
        var lines = [
            "cold to warm: \(report.songs) songs held out in \(report.folds) folds by artist, \(report.rankings) rankings; "
                + "95 % intervals over listeners; \(seconds(report.seconds))",
            "AUC by plays shown of each song:", "",
        ]
        for level in report.levels {
            for row in level.rows {
                let interval = row.ci95["auc"] ?? [row.auc, row.auc]
                lines.append(
                    String(format: "%4d plays  ", level.plays)
                        + row.model.padding(toLength: 12, withPad: " ", startingAt: 0)
                        + String(
                            format: "AUC %.4f [%.4f, %.4f]  nDCG@10 %.4f", row.auc, interval[0],
                            interval[1], row.ndcg10))
            }
        }
        return lines.joined(separator: "\n")
    }
}
