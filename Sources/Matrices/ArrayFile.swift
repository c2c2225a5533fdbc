import Foundation

/// What can go wrong with an array on disk.
public enum ArrayFileError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case notAnArray(path: String, reason: String)
    case wrongShape(path: String, got: [Int], expected: String)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .notAnArray(let path, let reason):
            "\(path) is not a NumPy array Coldwave can read: \(reason). Save it with numpy.save as float32, C order."
        case .wrongShape(let path, let got, let expected):
            "\(path) has shape \(got), expected \(expected)."
        }
    }
}

/// NumPy's `.npy` format, version 1.0: little-endian float32, int32 or float64 (read as float32), C order.
public enum ArrayFile {
    /// Reads a float array of any shape.
    /// - Throws: ``ArrayFileError``.
    public static func readFloats(_ url: URL) throws -> (shape: [Int], values: [Float]) {
        let (shape, type, body) = try open(url)
        let count = shape.reduce(1, *)
        switch type {
        case "<f4":
            try check(body, count * 4, url)
            return (
                shape,
                [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                    _ = body.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), count: count * 4)
                    filled = count
                }
            )
        case "<f8":
            try check(body, count * 8, url)
            let doubles = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
                _ = body.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), count: count * 8)
                filled = count
            }
            return (shape, doubles.map(Float.init))
        default:
            throw ArrayFileError.notAnArray(path: url.path, reason: "its element type is \(type)")
        }
    }

    /// Reads a two-dimensional float array.
    /// - Throws: ``ArrayFileError``.
    public static func readMatrix(_ url: URL) throws -> Matrix {
        let (shape, values) = try readFloats(url)
        guard shape.count == 2 else {
            throw ArrayFileError.wrongShape(path: url.path, got: shape, expected: "two dimensions")
        }
        return Matrix(rows: shape[0], columns: shape[1], storage: values)
    }

    /// Reads a one-dimensional float array, such as mono samples.
    /// - Throws: ``ArrayFileError``.
    public static func readVector(_ url: URL) throws -> [Float] {
        let (shape, values) = try readFloats(url)
        guard shape.count == 1 else {
            throw ArrayFileError.wrongShape(path: url.path, got: shape, expected: "one dimension")
        }
        return values
    }

    /// Writes a float32 array `[rows, columns]`, atomically.
    public static func write(_ matrix: Matrix, to url: URL) throws {
        try write(matrix.storage, type: "<f4", shape: [matrix.rows, matrix.columns], to: url)
    }

    /// Writes a float32 vector, atomically.
    public static func write(_ values: [Float], to url: URL) throws {
        try write(values, type: "<f4", shape: [values.count], to: url)
    }

    /// Writes an int32 array, atomically. `values.count` must be the product of `shape`.
    public static func write(_ values: [Int32], shape: [Int], to url: URL) throws {
        try write(values, type: "<i4", shape: shape, to: url)
    }

    private static func write<T>(_ values: [T], type: String, shape: [Int], to url: URL) throws {
        precondition(values.count == shape.reduce(1, *))
        try AtomicFile.write(encode(values, type: type, shape: shape), to: url)
    }

    /// A file's contents: header and elements. `values.count` must be the product of `shape`, times the parts of an element.
    static func encode<T>(_ values: [T], type: String, shape: [Int]) -> Data {
        let list = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(list)), }"
        // The format asks for a header that ends in a newline and a whole that is a multiple of 64 bytes.
        let unpadded = 10 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        var data = Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        data.append(UInt8(header.utf8.count & 255))
        data.append(UInt8(header.utf8.count >> 8))
        data.append(contentsOf: header.utf8)
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }

    static func open(_ url: URL) throws -> (shape: [Int], type: String, body: Data) {
        let data: Data
        do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw ArrayFileError.cannotRead(path: url.path, reason: error.localizedDescription)
        }
        func fail(_ reason: String) -> ArrayFileError {
            .notAnArray(path: url.path, reason: reason)
        }
        guard data.count >= 12, data.prefix(6) == Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
            throw fail("it does not start with NumPy's magic bytes")
        }
        let long = data[6] >= 2
        let start = long ? 12 : 10
        var length = Int(data[8]) | Int(data[9]) << 8
        if long { length |= Int(data[10]) << 16 | Int(data[11]) << 24 }
        guard data.count >= start + length,
            let header = String(data: data[start..<start + length], encoding: .isoLatin1)
        else { throw fail("its header is cut off") }
        guard let type = header.firstMatch(of: /'descr':\s*'([^']+)'/)?.1,
            let order = header.firstMatch(of: /'fortran_order':\s*(True|False)/)?.1,
            let shape = header.firstMatch(of: /'shape':\s*\(([^)]*)\)/)?.1
        else { throw fail("its header names no type, order and shape") }
        guard order == "False" else { throw fail("it is in Fortran order") }
        let sizes = shape.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
            .filter { $0 != nil || shape.isEmpty }.compactMap { $0 }
        guard sizes.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
            throw fail("its shape is absurd")
        }
        return (sizes, String(type), data.suffix(from: start + length))
    }

    private static func check(_ body: Data, _ expected: Int, _ url: URL) throws {
        guard body.count >= expected else {
            throw ArrayFileError.notAnArray(
                path: url.path,
                reason: "it holds \(body.count) bytes of data where its shape needs \(expected)")
        }
    }
}
