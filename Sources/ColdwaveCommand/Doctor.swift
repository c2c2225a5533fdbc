import ArgumentParser
import AudioFeatures
import Foundation
import Library
import Matrices
import Torch

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What this machine has: libtorch, GPU, FFmpeg, CPU features.")

    @OptionGroup var options: LibraryOptions

    struct Report: Encodable {
        let coldwave: String
        let libtorch: String
        let devices: [String]
        let ffmpeg: String
        let cpu: String
        let cpuFeatures: [String]
        let cores: Int
        let threads: Int
        let precision: FastPrecision.Choice
        let library: String
        let libraryState: String
        let freeBytes: Int64
        let problems: [String]
    }

    func run() throws {
        let location = options.location
        var problems: [String] = []
        let state: String
        do {
            _ = try Catalogue(location)
            state = "ok"
        } catch LibraryError.notFound {
            state = "not made yet"
        } catch {
            state = "unusable"
            problems.append(String(describing: error))
        }
        var existing = location.root
        while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
            existing.deleteLastPathComponent()
        }
        let free =
            (try? FileManager.default.attributesOfFileSystem(forPath: existing.path)[
                .systemFreeSize] as? NSNumber)?
            .int64Value ?? 0
        if free < 1_000_000_000 { problems.append("less than 1 GB is free on the library's disk") }
        let processor = Processor.read()
        try Torch.setThreads(Parallel.defaultThreads)
        let threads = try Torch.threadsOfLoops()
        if threads < Parallel.defaultThreads {
            problems.append(
                "the network's kernels run on \(threads) of \(Parallel.defaultThreads) cores: unset OMP_THREAD_LIMIT if it is set; if it is not, please report this"
            )
        }
        let report = Report(
            coldwave: Coldwave.version, libtorch: Torch.version, devices: Torch.devices,
            ffmpeg: AudioDecoder.libraryVersion, cpu: processor.name,
            cpuFeatures: processor.features,
            cores: Parallel.defaultThreads, threads: threads, precision: FastPrecision.probe(),
            library: location.root.path, libraryState: state,
            freeBytes: free,
            problems: problems)
        try options.output.print(report) {
            ([
                "coldwave   \(report.coldwave)", "libtorch   \(report.libtorch)",
                "devices    \(report.devices.joined(separator: ", "))",
                "FFmpeg     \(report.ffmpeg)",
                "CPU        \(report.cpu), \(report.cores) cores, kernels on \(report.threads) (\(report.cpuFeatures.joined(separator: ", ")))",
                "precision  \(report.precision.text)",
                "library    \(report.library): \(report.libraryState)",
                "disk       \(megabytes(free)) free",
            ] + (problems.isEmpty ? ["all is well"] : problems.map { "problem    \($0)" })).joined(
                separator: "\n")
        }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}

/// The processor's name and the vector extensions that the kernels choose between.
struct Processor {
    let name: String
    let features: [String]

    static func read() -> Processor {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
            return Processor(name: "unknown", features: [])
        }
        func value(_ key: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(
                separator: ":", maxSplits: 1
            ).last
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let flags = Set(
            (value("flags") ?? value("Features") ?? "").split(separator: " ").map(String.init))
        let known = ["avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16", "sve"]
        return Processor(
            name: value("model name") ?? "unknown", features: known.filter(flags.contains))
    }
}
