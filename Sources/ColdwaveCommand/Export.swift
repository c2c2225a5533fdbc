import ArgumentParser
import AudioNetwork
import Foundation
import Library

extension NetworkFormat: ExpressibleByArgument {}

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the network to a file for other programs.",
        discussion: """
            safetensors: the weights, named as a PyTorch module has them, with the configuration as JSON.

            onnx: the network as a graph, mel [N, 599, 128] (log-mel as the library keeps it) to factors [N, 40].

            npz: the weights, and every song's and listener's place in the taste space, for NumPy.
            """)

    @Argument(help: "safetensors, onnx or npz.") var format: NetworkFormat
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write.")
    var file: String
    @OptionGroup var options: LibraryOptions

    func run() throws {
        let report = try NetworkExport(options.open()).run(
            format, to: URL(fileURLWithPath: file))
        try options.output.print(report) {
            "\(report.network)\(report.songs > 0 ? " and \(report.songs) songs" : "") → \(file) "
                + "(\(report.bytes.formatted(.byteCount(style: .file))))"
        }
    }
}

struct LabExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a network in another format.")

    @Argument(help: "MODEL.safetensors") var model: String
    @Argument(help: "safetensors, onnx or npz.") var format: NetworkFormat
    @Argument(help: "The file to write.") var out: String

    func run() throws {
        try NetworkModel(contentsOf: URL(fileURLWithPath: model))
            .export(format, to: URL(fileURLWithPath: out))
    }
}
