import ArgumentParser
import Foundation
import Library
import Matrices
import Projection

struct Filters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw the network's first-layer filters: what each of them listens for.",
        discussion: """
            Time to the right, frequency upwards; negative weights red, zero white, positive blue, on one symmetric scale that the
            picture states. Alike filters stand side by side.
            """)

    @Option(name: .shortAndLong, help: "Folder for filters.svg and filters.png.")
    var output = "."

    @OptionGroup var options: LibraryOptions

    struct Report: Encodable {
        struct Layer: Encodable {
            struct Filter: Encodable { let index: Int }
            let name: String
            /// In the order they are drawn.
            let filters: [Filter]
        }
        let layers: [Layer]
        /// The weight that is drawn in full colour.
        let limit: Float
        /// Correlation of neighbouring bands' weights: near 0 where training has not shaped them.
        let smoothness: Double
    }

    func run() throws {
        let picture = try options.open().filterPicture()
        let folder = URL(fileURLWithPath: output)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try AtomicFile.write(
            Data(picture.svg().utf8), to: folder.appendingPathComponent("filters.svg"))
        try AtomicFile.write(
            PNGFile.encode(picture.raster()), to: folder.appendingPathComponent("filters.png"))
        let report = Report(
            layers: [.init(name: "conv1", filters: picture.order.map { .init(index: $0) })],
            limit: picture.limit, smoothness: picture.smoothness)
        try options.output.print(report) {
            "\(picture.order.count) filters drawn in \(folder.path)/filters.svg and filters.png"
                + (picture.smoothness < 0.1
                    ? String(
                        format:
                            "\nNeighbouring bands' weights correlate by %.3f only: these filters are still much like the random numbers "
                            + "that training starts from. More songs or more epochs may give them shape.",
                        picture.smoothness) : "")
        }
    }
}
