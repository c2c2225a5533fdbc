import ArgumentParser
import Foundation
import Matrices
import Torch

/// Finds out whether this processor is faster in bfloat16, in a process that may crash: some virtual machines advertise AMX, and end whoever
/// uses it. In float32 the convolutions take two fifths of the products (minimal filtering), which bfloat16 is too coarse for. So the
/// vector instructions for it, which are at most twice as fast, are no gain, and AMX is one, being many times as fast: what the
/// processor has decides, and the same machine always decides the same.
enum FastPrecision {
    struct Rates: Codable, Equatable {
        /// GFLOP/s of matrix products.
        let float32: Double
        let bfloat16: Double
    }

    struct Choice: Codable, Equatable {
        let precision: Precision
        /// What of the processor may be used, in oneDNN's words; nil where AMX is missing or ends the process.
        let isa: String?
        let rates: Rates?

        var text: String {
            guard let rates else {
                return "\(precision): bfloat16 would be faster with AMX, which can't be used here"
            }
            return "\(precision): products reach "
                + String(
                    format: "%.0f GFLOP/s in float32, %.0f in bfloat16", rates.float32,
                    rates.bfloat16)
        }
    }

    /// oneDNN's name for what the processor may use. CTorch leaves AMX out where nothing is set.
    static let isaVariable = "ONEDNN_MAX_CPU_ISA"
    private static let isa = "DEFAULT"
    /// Products that minimal filtering leaves out, as a factor.
    private static let saving = 2.5

    /// What to set in the environment before libtorch is loaded; nothing where someone has already chosen.
    static func environment() -> [String: String] {
        guard ProcessInfo.processInfo.environment[Precision.variable] == nil else { return [:] }
        let choice = probe()
        return [Precision.variable: choice.precision.rawValue].merging(
            choice.isa.map { [isaVariable: $0] } ?? [:]
        ) { $1 }
    }

    /// - Parameters:
    ///   - features: the processor's, as Linux names them.
    ///   - command: measures, and prints ``Rates`` as JSON.
    static func probe(
        features: [String] = Processor.read().features,
        command: (executable: String, arguments: [String])? = Bundle.main.executablePath.map {
            ($0, ["measure-precision"])
        }
    ) -> Choice {
        guard let command, features.contains("amx_bf16"), let rates = measure(command) else {
            return Choice(precision: .float32, isa: nil, rates: nil)
        }
        return Choice(
            precision: rates.bfloat16 < saving * rates.float32 ? .float32 : .bfloat16,
            isa: isa, rates: rates)
    }

    /// Nil when the process does not end well within some seconds.
    private static func measure(_ command: (executable: String, arguments: [String])) -> Rates? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command.executable)
        process.arguments = command.arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            [isaVariable: isa, "GOMP_SPINCOUNT": "1000"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let watch = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: watch)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        watch.cancel()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
        return try? JSONDecoder().decode(Rates.self, from: data)
    }

    struct Measure: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "measure-precision",
            abstract: "Measure matrix products (started by other commands).", shouldDisplay: false)

        func run() throws {
            let threads = Parallel.defaultThreads
            let rates = Rates(
                float32: try Precision.float32.matrixProductRate(threads: threads),
                bfloat16: try Precision.bfloat16.matrixProductRate(threads: threads))
            print(String(decoding: try JSONEncoder().encode(rates), as: UTF8.self))
        }
    }
}
