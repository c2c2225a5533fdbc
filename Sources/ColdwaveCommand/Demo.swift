import ArgumentParser
import AudioFeatures
import AudioNetwork
import CollaborativeFiltering
import Foundation
import Library
import Matrices
import Synthesis

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compose a small world of music and listeners, and run everything on it.",
        discussion: """
            The music and the listeners are synthetic: composed by this program from a seed. Everything after that is the
            real thing: the same stages that run on your own files.
            """)

    @Argument(help: "Where to put it.")
    var folder = "demo-library"

    @Option(help: "Seed of the composed world.")
    var seed: UInt64 = 0

    @Option(help: "Songs to compose.")
    var songs = WorldConfiguration().songs

    @Option(help: "Passes of the training.")
    var epochs = 40

    @Option(help: "Threads to use (default: all cores).")
    var threads = Parallel.defaultThreads

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard songs >= 80 else { throw ValidationError("--songs must be at least 80.") }
        guard epochs >= 1 else { throw ValidationError("--epochs must be at least 1.") }
    }

    struct Report: Encodable {
        struct Person: Encodable {
            let listener: String
            let plays: [String]
            let styles: [String]
            let suggestions: [Suggestion]
            let right: Int
        }
        let library: String
        let songs: Int
        let newSongs: Int
        let listeners: [Person]
        /// Share of the first ten new songs, over all listeners, whose style the listener likes, and what chance gives.
        let shareInLikedStyles: Double
        let shareByChance: Double
        let evaluation: EvaluationText.Report
        let seconds: Double
    }

    func run() throws {
        let started = Date()
        let display = ProgressDisplay(isQuiet: output.quiet)
        let context = LibraryProgress.context(display, threads: threads)
        var worldConfiguration = WorldConfiguration()
        worldConfiguration.songs = songs
        worldConfiguration.newSongs = songs / 8
        worldConfiguration.seed = seed
        let world = World.compose(worldConfiguration)
        let root = URL(fileURLWithPath: folder).standardizedFileURL
        say(
            """
            A small world of music, composed from seed \(seed). It is synthetic: songs, artists and listeners are all made up.
              \(world.songs.count) songs of \(Int(worldConfiguration.seconds)) s by \(world.artists.count) artists in \(world.styles.count) styles, \(world.listeners.count) listeners, \(world.plays.count) play counts
              \(world.songs.count { $0.isNew }) songs came out today: nobody has played them
            """)
        let music = root.appendingPathComponent("music")
        try DemoMusic(world: world, folder: music, threads: threads).write(context)
        let location = LibraryLocation(root: root.appendingPathComponent("library"))
        let catalogue = try Catalogue(location, create: true)
        let lock = try WriterLock(location, purpose: "demo")
        defer { withExtendedLifetime(lock) {} }
        var training = TrainingConfiguration()
        // The composed world's tastes are cleaner than real ones: it bears more passes than the default.
        training.epochs = epochs
        training.leastWindows = nil
        training.seed = seed
        training.threads = threads
        training.device = "cpu"

        say(
            "\nHearing them (scan), reading the plays (import), then build: factorize, train, predict, map"
        )
        _ = try ScanStage(catalogue, context: context).run(paths: [music.path])
        let listens = root.appendingPathComponent("listens.tsv")
        try DemoMusic.writeListens(world, to: listens)
        _ = try ImportStage(catalogue, context: context).run(
            file: listens, format: nil, listener: nil)
        let stages = try Pipeline(catalogue, context: context, training: training).build(
            rescan: false)
        display.finish()
        for stage in stages {
            say(
                "  \(stage.name.padded(10)) \(stage.state.padded(6)) \(seconds(stage.seconds).padded(9)) \(stage.detail)"
            )
        }

        let recommender = try Recommender(catalogue)
        let truth = DemoTruth(world: world)
        let people = try truth.people().map { try person($0, world, truth, recommender) }
        let (share, chance) = try truth.shareInLikedStyles(recommender)

        say(
            "\nHow good is that? A part of the songs is held out, whole artists at a time, and a second network never hears of their plays"
        )
        var evaluation = ColdEvaluationConfiguration()
        evaluation.limit = 1
        evaluation.seed = seed
        evaluation.training = training
        let table = try ColdEvaluation(catalogue, configuration: evaluation, context: context).run()
        display.finish()
        let report = Report(
            library: location.root.path, songs: world.songs.count,
            newSongs: world.songs.count { $0.isNew },
            listeners: people, shareInLikedStyles: share, shareByChance: chance, evaluation: table,
            seconds: Date().timeIntervalSince(started))
        try output.print(report) { text(report) }
    }

    /// What the demo tells on the way: on standard error with --json, so that standard output is one document.
    private func say(_ text: String) {
        if output.json {
            if !output.quiet { Terminal.say(text) }
        } else {
            print(text)
            fflush(nil)
        }
    }

    private func person(
        _ listener: Int, _ world: World, _ truth: DemoTruth, _ recommender: Recommender
    ) throws -> Report.Person {
        var request = RecommendationRequest()
        request.count = 4
        request.onlyNew = true
        let someone = world.listeners[listener]
        let list = try recommender.recommend(someone.name, request).map { item in
            item.because(
                [truth.reason(title: item.track.title, listener: listener)] + item.because.prefix(1)
            )
        }
        let played = world.plays.filter { $0.listener == listener }.sorted { $0.count > $1.count }
            .prefix(4).map { play in
                let song = world.songs[play.song]
                return
                    "\(play.count)× \(world.artists[song.artist].name) - \(song.title) (\(world.styles[song.style].name))"
            }
        return Report.Person(
            listener: someone.name, plays: played,
            styles: someone.favouriteStyles.map { world.styles[$0].name },
            suggestions: list,
            right: list.count { truth.isLiked(title: $0.track.title, listener: listener) })
    }

    private func text(_ report: Report) -> String {
        var lines: [String] = []
        for person in report.listeners {
            lines += [
                "",
                Terminal.bold("\(person.listener)")
                    + " likes \(person.styles.joined(separator: ", ")). Plays most:",
            ]
            lines += person.plays.map { "    \($0)" }
            lines.append("  Brand-new songs for them, never played by anybody:")
            lines.append(SuggestionTable.text(person.suggestions, indent: "  "))
        }
        let library = Self.shellWord("\(folder)/library")
        lines += [
            "",
            String(
                format:
                    "Of everybody's first ten new songs %.0f %% are in a style they like; picked blindly it would be %.0f %%.",
                100 * report.shareInLikedStyles, 100 * report.shareByChance),
            "", EvaluationText.text(report.evaluation), "",
            "All of it took \(seconds(report.seconds)). Listen to the songs in \(URL(fileURLWithPath: folder).standardizedFileURL.path)/music, and go on:",
            "",
            "  coldwave recommend \(report.listeners.first?.listener ?? "listener-0000") --library \(library)",
            "  coldwave playlist --listener \(report.listeners.first?.listener ?? "listener-0000") --new -o new.m3u8 --library \(library)",
            "  coldwave serve --open --library \(library)        # the page: map, lists, radio, filters",
            "  coldwave map -o map.html --library \(library)",
            "  coldwave status --library \(library)",
            "", "With your own music:", "",
            "  coldwave scan ~/Music && coldwave import YOUR-LISTENS && coldwave build && coldwave recommend YOU --new",
            "", "(The command is .build/release/coldwave until you put it on your PATH.)",
        ]
        return lines.joined(separator: "\n")
    }

    /// As a shell takes it for one word: quoted where it has anything but letters, digits and `/._-`.
    static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
                || "0123456789/._-".utf8.contains($0)
        }
        return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
