import ArgumentParser
import CollaborativeFiltering

extension NeighborConfiguration.Weighting: ExpressibleByArgument {}

/// How listeners or songs are compared, for `neighbors`, `evaluate` and `lab similar`.
struct NeighborOptions: ParsableArguments {
    @Option(help: "How plays are weighed for neighbours: cosine, tfidf or bm25.")
    var weighting = NeighborConfiguration().weighting

    @Option(help: "How many neighbours count.")
    var neighbours = NeighborConfiguration().count

    @Option(help: "How many songs (or listeners) in common it takes to be believed by half.")
    var shrinkage = NeighborConfiguration().shrinkage

    @Option(help: "BM25: how slowly a count saturates.")
    var k1 = NeighborConfiguration().k1

    @Option(help: "BM25: how much a long history is held against it, 0…1.")
    var b = NeighborConfiguration().b

    func validate() throws {
        guard neighbours >= 1 else { throw ValidationError("--neighbours must be at least 1.") }
        guard shrinkage >= 0 else { throw ValidationError("--shrinkage must not be negative.") }
        guard k1 >= 0 else { throw ValidationError("--k1 must not be negative.") }
        guard (0...1).contains(b) else { throw ValidationError("--b must be 0…1.") }
    }

    var configuration: NeighborConfiguration {
        var configuration = NeighborConfiguration()
        configuration.weighting = weighting
        configuration.count = neighbours
        configuration.shrinkage = shrinkage
        configuration.k1 = k1
        configuration.b = b
        return configuration
    }
}
