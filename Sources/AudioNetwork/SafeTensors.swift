import Foundation
import Matrices

/// A float32 array with its shape, as files hold it.
public struct StoredTensor: Equatable, Sendable {
    public let shape: [Int]
    public let values: [Float]

    public init(shape: [Int], values: [Float]) {
        precondition(
            values.count == shape.reduce(1, *), "StoredTensor: values do not fit the shape")
        self.shape = shape
        self.values = values
    }
}

/// The safetensors format: 8 bytes of header length, a JSON header, then the arrays.
public enum SafeTensors {
    /// Writes float32 arrays, in the order of their names, and text metadata; atomically.
    public static func write(
        _ tensors: [String: StoredTensor], metadata: [String: String], to url: URL
    ) throws {
        var header: [String: Any] = ["__metadata__": metadata]
        var body = Data()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            tensor.values.withUnsafeBytes { body.append(contentsOf: $0) }
            header[name] = [
                "dtype": "F32", "shape": tensor.shape, "data_offsets": [start, body.count],
            ]
        }
        var text = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
        text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
        var data = Data()
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(text)
        data.append(body)
        try AtomicFile.write(data, to: url)
    }

    /// Reads all arrays and the metadata.
    /// - Throws: ``NetworkError/cannotRead(path:reason:)``, ``NetworkError/notAModel(path:reason:)``.
    public static func read(_ url: URL) throws -> (
        tensors: [String: StoredTensor], metadata: [String: String]
    ) {
        let data: Data
        do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw NetworkError.cannotRead(path: url.path, reason: error.localizedDescription)
        }
        func fail(_ reason: String) -> NetworkError { .notAModel(path: url.path, reason: reason) }
        guard data.count > 8 else { throw fail("it is too short") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8), length < 100_000_000 else {
            throw fail("its header is cut off")
        }
        let start = 8 + Int(length)
        guard
            let header = try? JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any]
        else {
            throw fail("its header is not JSON")
        }
        var tensors: [String: StoredTensor] = [:]
        for (name, value) in header where name != "__metadata__" {
            guard let entry = value as? [String: Any], let type = entry["dtype"] as? String,
                let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
                offsets.count == 2
            else { throw fail("its entry for \(name) is malformed") }
            guard type == "F32" else { throw fail("tensor \(name) is \(type), not F32") }
            let (count, overflow) = shape.reduce((1, false)) { sum, n in
                let product = sum.0.multipliedReportingOverflow(by: n)
                return (product.partialValue, sum.1 || product.overflow || n < 0)
            }
            guard !overflow, offsets[0] >= 0, offsets[1] <= data.count - start,
                offsets[1] - offsets[0] == count * 4
            else { throw fail("tensor \(name) is cut off") }
            let bytes = data[start + offsets[0]..<start + offsets[1]]
            tensors[name] = StoredTensor(
                shape: shape,
                values: [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                    _ = bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), count: count * 4)
                    filled = count
                })
        }
        return (tensors, header["__metadata__"] as? [String: String] ?? [:])
    }
}
