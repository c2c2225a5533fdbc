import ArgumentParser
import CProcess
import ColdwaveServer
import Foundation
import Library
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The library as a web page, an HTTP API and a music server for players.",
        discussion: """
            Open the address it prints. The first visit makes an account; --open goes without accounts, on this machine only.
            New artefacts of `coldwave build` are picked up without a restart. Ctrl-C or SIGTERM ends it once running requests
            are answered.
            """)

    @Option(help: "The address to listen on; 0.0.0.0 for all of this machine's.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 for any free one.")
    var port = 4533

    @Option(
        help: "Serve everything below this path, such as /music, as a reverse proxy passes it on.")
    var pathPrefix = ""

    @Flag(help: "No accounts: everybody may do everything. On loopback addresses only.")
    var open = false

    @Option(
        help: "Serve the page's files from this folder, to work on them.", completion: .directory)
    var web: String?

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be 0…65535.") }
    }

    func run() async throws {
        // What is counted anew for a million songs comes in blocks of 4 MB.
        coldwave_return_blocks(2 << 20)
        var configuration = ServerConfiguration(library: options.location)
        configuration.host = host
        configuration.port = port
        configuration.pathPrefix = pathPrefix
        configuration.isOpen = open
        configuration.webFolder = web.map { URL(fileURLWithPath: $0) }
        configuration.executable = Bundle.main.executableURL
        configuration.version = Coldwave.version
        var logger = Logger(
            label: "coldwave", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = options.output.verbose ? .debug : options.output.quiet ? .warning : .info
        let server = try Server(configuration, logger: logger)
        let shown = host.contains(":") ? "[\(host)]" : host
        let prefix = server.parts.configuration.pathPrefix
        let json = options.output.json
        try await server.run { port in
            let address = "http://\(shown):\(port)\(prefix)/"
            let line = json ? "{\"address\":\"\(address)\"}" : "listening on \(address)"
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
    }
}
