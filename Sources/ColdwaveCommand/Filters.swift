import ArgumentParser
import Foundation
import Library
import Matrices
import Projection

struct Filters: ParsableCommand, ComputesWithTorch {
    static let configuration = CommandConfiguration(
        abstract:
            "What the network hears: its filters, and the songs and seconds that excite each unit.",
        discussion: """
            Draws the first layer's filters, then hears every song once and tells for each unit of each layer what excites it most and
            when, with a name where there is an honest one. Writes into the folder: index.html, filters.svg and filters.png, and for
            every unit playlists that start at the moment (LAYER/UNIT.m3u8, .jspf); report.json holds all of it as numbers. What was
            heard is kept beside the network. --montages makes a file of two minutes for each unit (about 1 MB each as Opus).

              coldwave filters
              coldwave filters -o heard --montages
              coldwave playlist --filter conv1/17
            """)

    @Option(name: .shortAndLong, help: "Folder for the page, the pictures and the playlists.")
    var output = "filters"

    @Option(help: "Songs to list for each unit, 1…20.")
    var top = 10

    @Flag(help: "Only the picture of the first layer: hears nothing.")
    var pictureOnly = false

    @Flag(help: "Also an audio file of the strongest moments for every unit of some layers.")
    var montages = false

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The layers that --montages makes files for (default: the outputs).",
            valueName: "layer"))
    var montageLayers: [String] = []

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard montageLayers.isEmpty || montages else {
            throw ValidationError("--montage-layers goes with --montages.")
        }
        guard !(pictureOnly && montages) else {
            throw ValidationError(
                "--picture-only hears nothing, so there is nothing for --montages.")
        }
        guard (1...FilterStage.kept).contains(top) else {
            throw ValidationError("--top must be 1…\(FilterStage.kept).")
        }
    }

    func run() throws {
        let catalogue = try options.open()
        let picture = try catalogue.filterPicture()
        let montages = montages ? try catalogue.layers(named: montageLayers) : []
        let folder = try OutputFolder.make(output)
        try AtomicFile.write(
            Data(picture.svg().utf8), to: folder.appendingPathComponent("filters.svg"))
        try AtomicFile.write(
            PNGFile.encode(picture.raster()), to: folder.appendingPathComponent("filters.png"))
        var units: HeardUnits?
        var playlists = 0
        var files: [String: [Int: String]] = [:]
        if !pictureOnly {
            let display = ProgressDisplay(isQuiet: options.output.quiet)
            defer { display.finish() }
            let context = options.context(display)
            let heard = try FilterStage(catalogue, context: context).run()
            let written = FilterFolder(heard, top: top)
            playlists = try written.writePlaylists(folder) { try context.checkStop("filters") }
            files = try FilterMontage(heard).write(montages, to: folder, context: context)
            let page = try written.page(picture, montages: files) {
                try context.checkStop("filters")
            }
            try AtomicFile.write(
                Data(page.utf8), to: folder.appendingPathComponent("index.html"))
            units = heard
        }
        let report = FiltersReport(
            picture, units, top: top, playlists: playlists, montages: files)
        try AtomicFile.write(
            OutputOptions.encoded(report), to: folder.appendingPathComponent("report.json"))
        try options.output.print(report) { text(report, folder, units) }
    }

    private func text(_ report: FiltersReport, _ folder: URL, _ units: HeardUnits?) -> String {
        var lines = [
            "\(report.layers.first?.filters.count ?? 0) filters drawn in \(folder.path)/filters.svg and filters.png"
        ]
        if report.smoothness < 0.1 {
            lines.append(
                String(
                    format:
                        "Neighbouring bands' weights correlate by %.3f only: these filters are still much like the random numbers "
                        + "that training starts from. More songs or more epochs may give them shape.",
                    report.smoothness))
        }
        for layer in units?.layers ?? [] {
            let named = layer.units.count { $0.isNamed }
            let character = layer.character
            lines.append(
                "\(layer.name): \(layer.units.count) units, \(named) with a name, \(layer.dead) dead, "
                    + (layer.specific.map { "\($0) specific, " } ?? "")
                    + "\(character.redundantPairs) pairs alike (\(character.distinct) would do), "
                    + String(format: "%.1f dimensions in effect", character.effectiveDimension))
        }
        for spread in units?.factors?.spreads ?? [] {
            lines.append(
                String(
                    format:
                        "factors from \(spread.from): %.1f of %d dimensions in effect, %d keep 90 %% of the variance",
                    spread.participationRatio, spread.dimensions, spread.dimensionsFor90))
        }
        if units != nil {
            lines.append(
                "what excites them: \(folder.path)/index.html, and \(report.playlists) playlists beside it"
                    + (report.montages > 0 ? ", \(report.montages) montages" : ""))
        }
        return lines.joined(separator: "\n")
    }
}
