import ArgumentParser
import Evaluation
import Library

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The paper's table on this library's own data.",
        discussion: """
            cold: songs of whole artists are held out, their plays never reach the factors the network learns from, and
            every listener's ranking of them is judged.
            """)

    enum ProtocolName: String, ExpressibleByArgument, CaseIterable { case cold }

    @Option(name: .customLong("protocol"), help: "How songs are held out.")
    var protocolName = ProtocolName.cold

    @Option(help: "Parts the songs are divided into.")
    var folds = 5

    @Option(help: "Run only the first so many folds.")
    var foldLimit: Int?

    @OptionGroup var training: TrainingOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard folds >= 2 else { throw ValidationError("--folds must be at least 2.") }
        guard foldLimit ?? 1 >= 1 else { throw ValidationError("--fold-limit must be at least 1.") }
    }

    func run() throws {
        var configuration = ColdEvaluationConfiguration()
        configuration.folds = folds
        configuration.limit = foldLimit
        configuration.seed = training.seed
        configuration.training = training.configuration(threads: options.threads)
        let display = ProgressDisplay(isQuiet: options.output.quiet)
        let report = try ColdEvaluation(
            options.open(), configuration: configuration, context: options.context(display)
        ).run()
        display.finish()
        try options.output.print(report) { EvaluationText.text(report) }
    }
}

enum EvaluationText {
    typealias Report = EvaluationReport

    static func text(_ report: EvaluationReport) -> String {
        "cold start: \(report.songs) songs held out in \(report.folds) fold\(report.folds == 1 ? "" : "s") by artist, "
            + "\(report.rankings) rankings; 95 % intervals over listeners; \(seconds(report.seconds))\n\n"
            + report.table()
    }
}
