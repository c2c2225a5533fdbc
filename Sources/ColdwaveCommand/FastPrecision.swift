import ArgumentParser
import Foundation
import Matrices
import Torch

/// Finds out whether this processor computes in bfloat16, in processes that may crash: some virtual machines advertise AMX, and end whoever
/// uses it. A processor that has instructions for it has them to be faster, so what it has decides, and the same machine always decides
/// the same; the rates are told, and overrule it only where bfloat16 came out slower.
enum FastPrecision {
    struct Rates: Codable, Equatable {
        /// GFLOP/s of matrix products.
        let float32: Double
        let bfloat16: Double
    }

    struct Choice: Codable, Equatable {
        let precision: Precision
        /// What of the processor may be used, in oneDNN's words; nil where nothing was tried.
        let isa: String?
        let rates: Rates?

        var text: String {
            guard let rates else { return "\(precision): this processor claims no bfloat16" }
            return "\(precision): products reach "
                + String(
                    format: "%.0f GFLOP/s in float32, %.0f in bfloat16", rates.float32,
                    rates.bfloat16)
        }
    }

    /// oneDNN's name for what the processor may use, and for all it has; CTorch's own choice is the second of ``candidates``.
    static let isaVariable = "ONEDNN_MAX_CPU_ISA"
    private static let candidates = [
        (feature: "amx_bf16", isa: "DEFAULT"), (feature: "", isa: "AVX512_CORE_BF16"),
    ]

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
        let none = Choice(precision: .float32, isa: nil, rates: nil)
        guard let command, features.contains(where: { $0.hasSuffix("bf16") }) else { return none }
        for candidate in candidates
        where candidate.feature.isEmpty || features.contains(candidate.feature) {
            guard let rates = measure(command, isa: candidate.isa) else { continue }
            return Choice(
                precision: rates.bfloat16 < rates.float32 ? .float32 : .bfloat16,
                isa: candidate.isa, rates: rates)
        }
        return none
    }

    /// Nil when the process does not end well within some seconds.
    private static func measure(_ command: (executable: String, arguments: [String]), isa: String)
        -> Rates?
    {
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
