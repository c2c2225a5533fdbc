import Matrices

/// The linear algebra of one listener. Every list does this, so it is kept from checking each index.
extension Explanation {
    /// Adds `weight · y yᵀ` to the lower triangle of `a`, `[d, d]`.
    static func add(_ y: ArraySlice<Float>, times weight: Double, to a: inout [Double]) {
        let d = y.count
        precondition(a.count == d * d)
        y.withUnsafeBufferPointer { y in
            a.withUnsafeMutableBufferPointer { a in
                for i in 0..<d {
                    let scaled = weight * Double(y[i])
                    for j in 0...i { a[i * d + j] += scaled * Double(y[j]) }
                }
            }
        }
    }

    /// Cholesky in place: the lower triangle of A becomes L of `A = L Lᵀ`.
    static func factorize(_ a: inout [Double], _ d: Int) {
        precondition(a.count == d * d)
        a.withUnsafeMutableBufferPointer { a in
            for i in 0..<d {
                for j in 0...i {
                    var sum = a[i * d + j]
                    for k in 0..<j { sum -= a[i * d + k] * a[j * d + k] }
                    a[i * d + j] =
                        i == j ? max(sum, 1e-12).squareRoot() : sum / a[j * d + j]
                }
            }
        }
    }

    /// `(L Lᵀ)⁻¹ b`.
    static func solve(_ lower: [Double], _ right: [Double]) -> [Double] {
        let d = right.count
        precondition(lower.count == d * d)
        var v = right
        lower.withUnsafeBufferPointer { lower in
            v.withUnsafeMutableBufferPointer { v in
                for i in 0..<d {
                    var sum = v[i]
                    for k in 0..<i { sum -= lower[i * d + k] * v[k] }
                    v[i] = sum / lower[i * d + i]
                }
                for i in (0..<d).reversed() {
                    v[i] /= lower[i * d + i]
                    // Row by row of L, not column by column: what is known of v is taken from all before it.
                    for k in 0..<i { v[k] -= lower[i * d + k] * v[i] }
                }
            }
        }
        return v
    }

    static func dot(_ a: ArraySlice<Float>, _ b: [Double]) -> Double {
        precondition(a.count == b.count)
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sum = 0.0
                for k in 0..<a.count { sum += Double(a[k]) * b[k] }
                return sum
            }
        }
    }
}
