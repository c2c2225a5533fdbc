import ArgumentParser
import Foundation
import Library
import Matrices
import Projection

extension MapColoring: ExpressibleByArgument {}
extension MapTheme: ExpressibleByArgument {}

struct Map: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw the library as a map: songs that are heard and played alike lie together.",
        discussion: """
            t-SNE of the songs' places in the taste space. Songs that came since join the map without moving it; it is laid anew when
            more than a fifth of the songs are new or their places changed much, or with --anew. Songs without plays are ringed. SVG and HTML
            follow the reader's light or dark setting; the HTML page needs nothing from outside, has search, pan
            and zoom, and plays a song on a click, for which it holds the files' paths.

              coldwave map -o map.html
              coldwave map -o years.png --color year --theme dark
            """)

    @Option(
        name: .shortAndLong, help: "FILE.svg, FILE.png or FILE.html.", completion: .file())
    var output: String?

    @Option(help: "What colours show (default: genre, or artist where few songs have one).")
    var color: MapColoring?

    @Option(help: "Background of a PNG.")
    var theme = MapTheme.light

    @Flag(help: "Lay the map anew, whatever changed.")
    var anew = false

    @OptionGroup var options: LibraryOptions

    private enum Format: String { case svg, png, html }

    private var format: Format? {
        output.flatMap { Format(rawValue: URL(fileURLWithPath: $0).pathExtension.lowercased()) }
    }

    func validate() throws {
        if let output, format == nil {
            throw ValidationError(
                "\(output) names no kind of picture; let it end in .svg, .png or .html.")
        }
    }

    func run() throws {
        let report = try options.write("map") { catalogue, context in
            try MapStage(catalogue, context: context).run(anew: anew)
        }
        if let output, let format {
            let catalogue = try options.open()
            guard let map = try catalogue.storedMap() else { return }
            let scene = MapScene(
                try catalogue.mapPoints(map.tracks, map.positions), coloring: color)
            let content: Data =
                switch format {
                case .svg: Data(MapSVG.draw(scene).utf8)
                case .html: Data(MapHTML.draw(scene).utf8)
                case .png: PNGFile.encode(MapRaster.draw(scene, theme: theme))
                }
            try AtomicFile.write(content, to: URL(fileURLWithPath: output))
        }
        try options.output.print(report) {
            var lines = [
                "\(report.songs) songs, "
                    + String(
                        format: "perplexity %.3g, KL divergence %.4f", report.perplexity,
                        report.klDivergence)
                    + (report.laidBecause == nil ? "" : ", in \(seconds(report.seconds))")
            ]
            if let reason = report.laidBecause {
                lines.append("laid anew: \(reason)")
            } else if report.joined > 0 {
                lines.append(
                    "\(report.joined) new song\(report.joined == 1 ? "" : "s") joined it; nothing on it moved (--anew lays it anew)"
                )
            } else {
                lines.append("the map was fresh")
            }
            if report.perplexity < 30 {
                lines.append(
                    "few songs: a perplexity of 30 takes 91, so a lower one was taken; such a map shows little."
                )
            }
            lines.append(
                output.map { "drawn in \($0)" }
                    ?? "draw it with `coldwave map -o map.html` (or .svg, .png)")
            return lines.joined(separator: "\n")
        }
    }
}
