import Foundation

/// An array of any type that NumPy reads.
public enum NamedArray: Sendable {
    case floats([Float], shape: [Int])
    case integers([Int64])
    /// Fixed-width Unicode (`<U…`), as `numpy.array([…])` of strings.
    case texts([String])

    public static func matrix(_ matrix: Matrix) -> NamedArray {
        .floats(matrix.storage, shape: [matrix.rows, matrix.columns])
    }

    var encoded: Data {
        switch self {
        case .floats(let values, let shape):
            return ArrayFile.encode(values, type: "<f4", shape: shape)
        case .integers(let values):
            return ArrayFile.encode(values, type: "<i8", shape: [values.count])
        case .texts(let values):
            // Zeros fill up what is shorter than the longest; NumPy wants a width of at least one.
            let width = max(1, values.map(\.unicodeScalars.count).max() ?? 1)
            let scalars = values.flatMap { text in
                let points = text.unicodeScalars.map(\.value)
                return points + [UInt32](repeating: 0, count: width - points.count)
            }
            return ArrayFile.encode(scalars, type: "<U\(width)", shape: [values.count])
        }
    }
}

/// NumPy's `.npz`: a zip archive, not compressed, of one `.npy` an array.
public enum ArrayArchive {
    /// Writes arrays in the order of their names, atomically.
    /// - Throws: ``ArrayFileError/cannotWrite(path:reason:)``, also beyond the 4 GiB of a zip archive.
    public static func write(_ arrays: [String: NamedArray], to url: URL) throws {
        var archive = Data()
        var directory = Data()
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            let body = array.encoded
            guard archive.count + directory.count + body.count < Int(UInt32.max) - 1 << 20 else {
                throw ArrayFileError.cannotWrite(
                    path: url.path,
                    reason: "its arrays do not fit a zip archive of 4 GiB; export safetensors")
            }
            let file = Data("\(name).npy".utf8)
            // Version 2.0, names in UTF-8, stored, 1 January 1980 (so that the same arrays give the same bytes).
            var entry = Data()
            entry.append(littleEndian: UInt16(20), UInt16(0x800), UInt16(0), UInt16(0), UInt16(33))
            entry.append(
                littleEndian: CyclicRedundancyCheck.of(body), UInt32(body.count),
                UInt32(body.count))
            entry.append(littleEndian: UInt16(file.count), UInt16(0))
            directory.append(littleEndian: UInt32(0x0201_4B50))
            directory.append(littleEndian: UInt16(20))
            directory.append(entry)
            directory.append(littleEndian: UInt16(0), UInt16(0), UInt16(0))
            directory.append(littleEndian: UInt32(0), UInt32(archive.count))
            directory.append(file)
            archive.append(littleEndian: UInt32(0x0403_4B50))
            archive.append(entry)
            archive.append(file)
            archive.append(body)
        }
        let count = UInt16(arrays.count)
        let start = UInt32(archive.count)
        archive.append(directory)
        archive.append(littleEndian: UInt32(0x0605_4B50))
        archive.append(littleEndian: UInt16(0), UInt16(0), count, count)
        archive.append(littleEndian: UInt32(directory.count), start)
        archive.append(littleEndian: UInt16(0))
        try AtomicFile.write(archive, to: url)
    }
}

/// The CRC-32 of zip archives (ISO 3309, reflected polynomial EDB88320).
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
    }

    static func of(_ data: Data) -> UInt32 {
        ~data.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}

extension Data {
    fileprivate mutating func append<T: FixedWidthInteger>(littleEndian values: T...) {
        for value in values {
            for i in 0..<T.bitWidth / 8 {
                append(UInt8(truncatingIfNeeded: value >> T(8 * i)))
            }
        }
    }
}
