/// A dense row-major matrix of 32-bit floats, shape `[rows, columns]`.
public struct Matrix: Equatable, Sendable {
    public let rows: Int
    public let columns: Int
    /// The elements, row after row; `rows * columns` of them.
    public var storage: [Float]

    /// A matrix filled with one value (default 0).
    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.rows = rows
        self.columns = columns
        storage = Array(repeating: value, count: rows * columns)
    }

    /// A matrix over existing elements. `storage.count` must be `rows * columns`.
    public init(rows: Int, columns: Int, storage: [Float]) {
        precondition(
            storage.count == rows * columns, "Matrix: storage does not fit [\(rows), \(columns)]")
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }

    @inlinable public subscript(row: Int, column: Int) -> Float {
        get { storage[row * columns + column] }
        set { storage[row * columns + column] = newValue }
    }

    /// One row as a slice of the storage, `[columns]`.
    @inlinable public func row(_ index: Int) -> ArraySlice<Float> {
        storage[index * columns..<(index + 1) * columns]
    }

    @inlinable public mutating func setRow(_ index: Int, to values: some Collection<Float>) {
        precondition(values.count == columns)
        storage.replaceSubrange(index * columns..<(index + 1) * columns, with: values)
    }

    /// The rows at `indices`, in that order.
    public func selectingRows(_ indices: some Collection<Int>) -> Matrix {
        var selected: [Float] = []
        selected.reserveCapacity(indices.count * columns)
        for index in indices { selected.append(contentsOf: row(index)) }
        return Matrix(rows: indices.count, columns: columns, storage: selected)
    }

    /// Every row divided by its Euclidean norm; rows of zeros stay zero.
    public func unitRows() -> Matrix {
        var result = self
        for r in 0..<rows {
            var squares = 0.0
            for value in row(r) { squares += Double(value) * Double(value) }
            guard squares > 0 else { continue }
            let scale = Float(1 / squares.squareRoot())
            for i in r * columns..<(r + 1) * columns { result.storage[i] *= scale }
        }
        return result
    }

    /// True when no element is NaN or infinite.
    public var isFinite: Bool { storage.allSatisfy(\.isFinite) }
}

/// Dot product of two equally long slices, accumulated in 8 lanes.
@inlinable public func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { dot(a, $0) } }
}

/// The same sum, in the same order, of vectors that are no arrays.
@inlinable public func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>)
    -> Float
{
    precondition(a.count == b.count)
    var lanes = SIMD8<Float>()
    var i = 0
    while i + 8 <= a.count {
        for lane in 0..<8 { lanes[lane] += a[i + lane] * b[i + lane] }
        i += 8
    }
    var sum = lanes.sum()
    while i < a.count {
        sum += a[i] * b[i]
        i += 1
    }
    return sum
}
