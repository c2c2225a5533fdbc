import ArgumentParser

/// The command line: one subcommand a file.
@main
struct Coldwave: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "coldwave",
        abstract: "A music recommender that hears the music.",
        discussion: """
            Start with your music and your listening history:

              coldwave scan ~/Music
              coldwave import listens.jsonl
              coldwave build
              coldwave recommend NAME --new

            Or see the whole of it on a small composed world: coldwave demo
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Build the library:",
                subcommands: [
                    Scan.self, Import.self, Build.self, Factorize.self, Train.self, Predict.self,
                ]),
            CommandGroup(
                name: "Use it:",
                subcommands: [
                    Recommend.self, Similar.self, Neighbors.self, PlaylistCommand.self,
                ]),
            CommandGroup(
                name: "Look into it:",
                subcommands: [
                    Map.self, Filters.self, Inspect.self, Evaluate.self, Status.self, Doctor.self,
                ]),
            CommandGroup(name: "Serve it:", subcommands: [Serve.self]),
            CommandGroup(name: "Take it elsewhere:", subcommands: [Export.self]),
            CommandGroup(
                name: "Try and test:",
                subcommands: [Demo.self, Lab.self, Workers.Hear.self, FastPrecision.Measure.self]),
        ])

    /// Errors are told in one line and end with status 1; wrong usage keeps ArgumentParser's 64.
    static func main() async {
        do {
            var command = try parseAsRoot(Array(ProcessArguments.all.dropFirst()))
            if command is any ComputesWithTorch { TunedProcess.restartIfNeeded() }
            do {
                if let serve = command as? Serve {
                    try await serve.run()
                } else {
                    try command.run()
                }
            } catch let error where Terminal.isOwn(error) {
                Terminal.fail(error)
            }
        } catch {
            exit(withError: error)
        }
    }
}
