import Matrices

/// Normal vectors around `clusters` centres, the first rows of cluster 0, then of 1, ….
func clustered(_ rows: Int, dimensions: Int = 10, clusters: Int = 5, seed: UInt64 = 1) -> (
    vectors: Matrix, labels: [Int]
) {
    var generator = SeededGenerator(seed: seed)
    let centres = (0..<clusters * dimensions).map { _ in Float(6 * generator.normal()) }
    let labels = (0..<rows).map { $0 * clusters / rows }
    var values: [Float] = []
    for label in labels {
        for k in 0..<dimensions {
            values.append(centres[label * dimensions + k] + Float(generator.normal()))
        }
    }
    return (Matrix(rows: rows, columns: dimensions, storage: values), labels)
}

func normal(_ rows: Int, _ columns: Int, scale: Double = 1, shift: Double = 0, seed: UInt64 = 2)
    -> Matrix
{
    var generator = SeededGenerator(seed: seed)
    return Matrix(
        rows: rows, columns: columns,
        storage: (0..<rows * columns).map { _ in Float(scale * generator.normal() + shift) })
}
