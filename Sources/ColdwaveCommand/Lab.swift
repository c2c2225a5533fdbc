import ArgumentParser

/// The pieces on plain arrays, for engineers, tests and benchmarks.
struct Lab: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The pieces on plain arrays.",
        subcommands: [
            LabMel.self, LabFactorize.self, LabRead.self, LabTrain.self, LabPredict.self,
            LabNeighbors.self, LabSimilar.self, LabTSNE.self, LabSimulate.self, LabDiscovery.self,
            LabQuality.self,
            LabExport.self,
        ])
}

/// An error about one file, told with its path.
struct FileFailure: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path) \(reason)" }
}
