/// The network that ``VoiceLikeness`` learnt, as ``VoiceTable`` has it.
struct VoiceWeights: Sendable {
    let threshold: Double
    private let features: [(name: String, mean: Double, deviation: Double, weights: [Double])]
    private let biases: [Double]
    private let outputs: [Double]
    private let bias: Double

    init(_ table: String = VoiceTable.text) {
        let rows = table.split(separator: "\n").map { line -> (name: String, numbers: [Double]) in
            let words = line.split(separator: " ")
            return (String(words[0]), words.dropFirst().compactMap { Double($0) })
        }
        func numbers(_ name: String) -> [Double] { rows.first { $0.name == name }?.numbers ?? [] }
        biases = numbers("biases")
        outputs = numbers("outputs")
        bias = numbers("bias").first ?? 0
        threshold = numbers("threshold").first ?? .infinity
        let units = biases.count
        features = rows.filter { $0.numbers.count == units + 2 }.map {
            ($0.name, $0.numbers[0], $0.numbers[1], Array($0.numbers.dropFirst(2)))
        }
    }

    /// What is far from anything learnt counts as three deviations.
    func score(_ measured: [String: Double]) -> Double {
        var hidden = biases
        for feature in features {
            let value =
                ((measured[feature.name] ?? feature.mean) - feature.mean) / feature.deviation
            for i in hidden.indices { hidden[i] += feature.weights[i] * min(3, max(-3, value)) }
        }
        return zip(hidden, outputs).reduce(bias) { $0 + max(0, $1.0) * $1.1 }
    }
}
