import CKernels
import Foundation
import Matrices

/// One size of grid with its transforms and the kernel it is convolved with; kept while the map fits it.
final class FieldGrid {
    struct Shape: Equatable {
        /// Distance of the nodes.
        let spacing: Double
        /// Columns and rows of the transforms.
        let width: Int
        let height: Int
    }

    let shape: Shape
    /// What was taken off the kernel: single precision then has only the differences to carry, which matters while all
    /// points lie close together.
    let base: Double
    let kernel: FloatBuffer
    let grid: FloatBuffer
    let real: FloatBuffer
    let imaginary: FloatBuffer
    private let tables: FloatBuffer
    /// What a node does to the one so many columns and rows away, `[4, 4]`.
    private var own: [Float] = []

    /// Lengths the transforms can take: 32 times small primes.
    static let lengths: [Int] = {
        var found: [Int] = []
        for two in 0...9 {
            for three in 0...3 {
                for five in 0...2 {
                    let length =
                        32 * (1 << two) * Int(pow(3, Double(three))) * Int(pow(5, Double(five)))
                    if length <= largest { found.append(length) }
                }
            }
        }
        return found.sorted()
    }()
    static let largest = 4096

    init(_ shape: Shape, threads: Int) {
        self.shape = shape
        let (width, height) = (shape.width, shape.height)
        let farX = Double(width / 2) * shape.spacing
        let farY = Double(height / 2) * shape.spacing
        base = 1 / (1 + farX * farX + farY * farY)
        let spectrum = (width / 32 + 1) * height * 16
        kernel = FloatBuffer(spectrum)
        real = FloatBuffer(spectrum)
        imaginary = FloatBuffer(spectrum)
        grid = FloatBuffer(width * height)
        tables = FloatBuffer(2 * (width + height))
        for k in 0..<width {
            tables.start[k] = Float(cos(2 * .pi * Double(k) / Double(width)))
            tables.start[width + k] = Float(-sin(2 * .pi * Double(k) / Double(width)))
        }
        for k in 0..<height {
            tables.start[2 * width + k] = Float(cos(2 * .pi * Double(k) / Double(height)))
            tables.start[2 * width + height + k] = Float(-sin(2 * .pi * Double(k) / Double(height)))
        }
        prepareKernel(threads: threads)
    }

    /// The kernel's view of this grid, with the first node at (left, top) and `rows` rows in use.
    func field(left: Double, top: Double, rows: Int, withKernel: Bool = true) -> coldwave_field {
        let (width, height) = (shape.width, shape.height)
        let start = UnsafePointer(tables.start)
        var field = coldwave_field()
        field.x = coldwave_fourier(size: Int32(width), cosines: start, sines: start + width)
        field.y = coldwave_fourier(
            size: Int32(height), cosines: start + 2 * width, sines: start + 2 * width + height)
        field.height = Int32(rows)
        field.left = Float(left)
        field.top = Float(top)
        field.inverse = Float(1 / shape.spacing)
        field.kernel = withKernel ? UnsafePointer(kernel.start) : nil
        withUnsafeMutableBytes(of: &field.own) {
            $0.copyBytes(from: own.withUnsafeBytes(Array.init))
        }
        return field
    }

    /// The transform of 1 / (1 + distance²), divided by what the splines on both sides smooth away:
    /// their transform is (4 + 2 cos θ) / 6 each way.
    private func prepareKernel(threads: Int) {
        let (width, height) = (shape.width, shape.height)
        var whole = field(left: 0, top: 0, rows: height, withKernel: false)
        let (grid, base) = (Shared(base: grid.start), base)
        withUnsafePointer(to: &whole) { whole in
            let whole = Lent(base: whole)
            Parallel.forEach(height / 32, threads: threads) { stripe in
                coldwave_field_kernel(whole.base, base, Int32(stripe), grid.base)
            }
            rows(whole, stripes: height / 32, threads: threads)
            columns(whole, threads: threads)
        }
        func smoothing(_ k: Int, _ size: Int) -> Double {
            (4 + 2 * cos(2 * .pi * Double(k) / Double(size))) / 6
        }
        let bx = (0...width / 2 + 15).map { smoothing($0, width) }
        let by = (0..<height).map { smoothing($0, height) }
        for block in 0...width / 32 {
            for y in 0..<height {
                for lane in 0..<16 {
                    let product = bx[block * 16 + lane] * by[y]
                    let at = (block * height + y) * 16 + lane
                    kernel.start[at] = Float(
                        Double(real.start[at]) / (product * product) / Double(width * height))
                }
            }
        }
        measureOwn(threads: threads)
    }

    /// The field of one charged node, at the nodes near it.
    private func measureOwn(threads: Int) {
        let height = shape.height
        grid.start.update(repeating: 0, count: grid.count)
        grid.start[0] = 1
        var whole = field(left: 0, top: 0, rows: height)
        withUnsafePointer(to: &whole) { whole in
            let whole = Lent(base: whole)
            rows(whole, stripes: height / 32, threads: threads)
            columns(whole, threads: threads)
            back(whole, stripes: height / 32, threads: threads)
        }
        own = (0..<16).map { grid.start[$0 / 4 * 16 + $0 % 4] }
    }

    func rows(_ field: Lent<coldwave_field>, stripes: Int, threads: Int) {
        let (grid, real, imaginary) = places
        Parallel.forEach(stripes, threads: threads) { stripe in
            withFieldScratch(field) {
                coldwave_field_rows(
                    field.base, grid.base, Int32(stripe), real.base, imaginary.base, $0)
            }
        }
    }

    func columns(_ field: Lent<coldwave_field>, threads: Int) {
        let (_, real, imaginary) = places
        Parallel.forEach(shape.width / 32 + 1, threads: threads) { block in
            withFieldScratch(field) {
                coldwave_field_columns(field.base, Int32(block), real.base, imaginary.base, $0)
            }
        }
    }

    func back(_ field: Lent<coldwave_field>, stripes: Int, threads: Int) {
        let (grid, real, imaginary) = places
        Parallel.forEach(stripes, threads: threads) { stripe in
            withFieldScratch(field) {
                coldwave_field_back(
                    field.base, real.base, imaginary.base, Int32(stripe), grid.base, $0)
            }
        }
    }

    private var places: (Shared<Float>, Shared<Float>, Shared<Float>) {
        (Shared(base: grid.start), Shared(base: real.start), Shared(base: imaginary.start))
    }
}

private func withFieldScratch(
    _ field: Lent<coldwave_field>, _ body: (UnsafeMutablePointer<Float>) -> Void
) {
    let count = Int(coldwave_field_scratch(field.base))
    withUnsafeTemporaryAllocation(byteCount: count * 4, alignment: 64) { raw in
        guard let start = raw.bindMemory(to: Float.self).baseAddress else { return }
        body(start)
    }
}
