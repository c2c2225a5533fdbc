/// What can go wrong with a map.
public enum ProjectionError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFinite(row: Int)
    case noDimensions
    case tooFewVectors(got: Int, expected: Int, perplexity: Float)
    case badPerplexity(got: Float)
    case dimensionsDiffer(got: Int, expected: Int)

    public var description: String {
        switch self {
        case .notFinite(let row):
            "vector \(row) (counted from 0) has a NaN or an infinity. Leave such vectors out, or repair what made them."
        case .noDimensions:
            "the vectors have no dimensions. Give an array [vectors, dimensions] with at least one dimension."
        case .tooFewVectors(let got, let expected, let perplexity):
            "\(got) vectors are too few for a perplexity of \(text(perplexity)), which needs at least \(expected). "
                + "Give more vectors, or a perplexity of at most \(text(max(0, Float(got - 1) / 3)))."
        case .badPerplexity(let got):
            "a perplexity of \(text(got)) has no meaning. It is about how many neighbours count: more than 1, usually 5…50."
        case .dimensionsDiffer(let got, let expected):
            "the new vectors have \(got) dimensions, those of the map \(expected). They must be the same."
        }
    }
}

private func text(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : String(value)
}
