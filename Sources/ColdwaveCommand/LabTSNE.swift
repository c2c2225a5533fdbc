import ArgumentParser
import Foundation
import Library
import Matrices
import Projection

struct LabTSNE: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tsne",
        abstract: "A map of vectors in the plane by t-SNE, float32 [n, 2].",
        discussion: """
            Exact neighbours; exact repulsion up to 2,000 vectors, by interpolation and FFT above. The first 250 steps are
            exaggerated. The result depends on the seed, not on the threads.

            --place NEW.npy PLACED.npy puts further vectors on the finished map, each for itself, without moving anything on it.
            """)

    @Argument(help: "IN.npy, float32 [n, dimensions].", completion: .file()) var vectors: String
    @Argument(help: "OUT.npy, float32 [n, 2].") var out: String
    @Option(help: "About how many neighbours count; 3 × it are looked up.") var perplexity: Float =
        30
    @Option(help: "Steps, the exaggerated ones included.") var iterations = 750
    @Option(help: "Distance of the interpolation's nodes; smaller is slower and more exact.")
    var nodeSpacing: Float = TSNEConfiguration().nodeSpacing
    @Option(help: "Seed of everything random.") var seed: UInt64 = 0
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Vectors to place on the map, float32 [new, dimensions], and the file for their places.",
            valueName: "npy"), completion: .file())
    var place: [String] = []
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        let n: Int
        let dimensions: Int
        let perplexity: Float
        let iterations: Int
        let klDivergence: Double
        /// Neighbours and descent, without reading and writing.
        let seconds: Double
        /// Vectors that were placed on the map, and how long that took; absent without --place.
        let placed: Int?
        let placeSeconds: Double?
    }

    func validate() throws {
        guard iterations >= 1, threads >= 1 else {
            throw ValidationError("--iterations and --threads must be at least 1.")
        }
        guard nodeSpacing > 0, nodeSpacing <= 4 else {
            throw ValidationError("--node-spacing must be more than 0 and at most 4.")
        }
        guard place.isEmpty || place.count == 2 else {
            throw ValidationError("--place takes two files: the vectors and where they go.")
        }
        guard perplexity > 1, perplexity.isFinite else {
            throw ValidationError("--perplexity must be more than 1.")
        }
    }

    func run() throws {
        let url = URL(fileURLWithPath: vectors)
        let matrix = try ArrayFile.readMatrix(url)
        let new = try place.first.map { try ArrayFile.readMatrix(URL(fileURLWithPath: $0)) }
        if let new, new.columns != matrix.columns {
            throw FileFailure(
                path: place[0],
                reason: "has \(new.columns) columns where \(vectors) has \(matrix.columns)")
        }
        let tsne = TSNE(
            TSNEConfiguration(
                perplexity: perplexity, iterations: iterations, nodeSpacing: nodeSpacing, seed: seed
            ),
            threads: threads)
        let started = Date()
        let display = ProgressDisplay(isQuiet: output.quiet)
        let context = LibraryProgress.context(display, threads: threads)
        let embedding: Embedding
        do {
            embedding = try tsne.fit(matrix) { progress in
                context.report(
                    StageProgress(
                        stage: "tsne", done: progress.iteration, total: progress.iterations,
                        unit: "steps", detail: String(format: "KL %.4f", progress.klDivergence)))
                return !context.shouldStop()
            }
        } catch let error as ProjectionError {
            throw FileFailure(path: vectors, reason: "cannot be mapped: \(error)")
        }
        display.finish()
        try context.checkStop("tsne")
        let elapsed = Date().timeIntervalSince(started)
        try ArrayFile.write(embedding.positions, to: URL(fileURLWithPath: out))
        var placeSeconds: Double?
        if let new, let file = place.last {
            let started = Date()
            let places = try tsne.place(new, among: matrix, at: embedding.positions)
            placeSeconds = Date().timeIntervalSince(started)
            try ArrayFile.write(places, to: URL(fileURLWithPath: file))
        }
        let report = Report(
            n: matrix.rows, dimensions: matrix.columns, perplexity: perplexity,
            iterations: iterations, klDivergence: embedding.klDivergence, seconds: elapsed,
            placed: new?.rows,
            placeSeconds: placeSeconds)
        try output.print(report) {
            "\(report.n) vectors in \(seconds(report.seconds)), "
                + String(format: "KL divergence %.4f", report.klDivergence)
                + (report.placeSeconds.map { "; \(new?.rows ?? 0) placed in \(seconds($0))" } ?? "")
        }
    }
}
