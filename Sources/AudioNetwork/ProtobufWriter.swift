import Foundation

/// Writes a message of Protocol Buffers' wire format, field after field: what ONNX files are made of.
///
/// Numbers are fields' numbers in the `.proto`; a message within a message is its own writer's ``data``.
struct ProtobufWriter {
    private(set) var data = Data()

    private mutating func variableLength(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            data.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        data.append(UInt8(rest))
    }

    private mutating func key(_ field: Int, wireType: UInt64) {
        variableLength(UInt64(field) << 3 | wireType)
    }

    /// An `int32`, `int64` or enum field.
    mutating func integer(_ field: Int, _ value: Int) {
        key(field, wireType: 0)
        variableLength(UInt64(bitPattern: Int64(value)))
    }

    /// A `string`, `bytes` or message field.
    mutating func bytes(_ field: Int, _ value: Data) {
        key(field, wireType: 2)
        variableLength(UInt64(value.count))
        data.append(value)
    }

    mutating func text(_ field: Int, _ value: String) { bytes(field, Data(value.utf8)) }

    mutating func message(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        fill(&inner)
        bytes(field, inner.data)
    }
}
