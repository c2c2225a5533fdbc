import Foundation
import Testing

@testable import Matrices

@Suite struct ArrayArchiveTests {
    @Test func checksumEqualsTheStandardsExample() {
        #expect(CyclicRedundancyCheck.of(Data("123456789".utf8)) == 0xCBF4_3926)
        #expect(CyclicRedundancyCheck.of(Data()) == 0)
    }

    /// Taken apart by hand here; `make check-export` reads one with NumPy.
    @Test func everyArrayIsFoundThroughTheDirectory() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).npz")
        defer { try? FileManager.default.removeItem(at: url) }
        let arrays: [String: NamedArray] = [
            "songs": .floats([1, 2, 3, 4], shape: [2, 2]), "id": .integers([7, -1]),
            "name": .texts(["é", "ab🎵", ""]),
        ]
        try ArrayArchive.write(arrays, to: url)
        let data = [UInt8](try Data(contentsOf: url))
        func number(_ at: Int, _ bytes: Int) -> Int {
            (0..<bytes).reduce(0) { $0 | Int(data[at + $1]) << (8 * $1) }
        }
        let end = data.count - 22
        #expect(number(end, 4) == 0x0605_4B50 && number(end + 10, 2) == 3)
        var entry = number(end + 16, 4)
        #expect(entry + number(end + 12, 4) == end)
        for name in ["id", "name", "songs"] {
            #expect(number(entry, 4) == 0x0201_4B50)
            let length = number(entry + 28, 2)
            #expect(data[entry + 46..<entry + 46 + length].elementsEqual("\(name).npy".utf8))
            let local = number(entry + 42, 4)
            #expect(number(local, 4) == 0x0403_4B50)
            let body = local + 30 + number(local + 26, 2)
            let expected = try #require(arrays[name]).encoded
            #expect(data[body..<body + number(entry + 24, 4)].elementsEqual(expected))
            #expect(number(entry + 16, 4) == Int(CyclicRedundancyCheck.of(expected)))
            entry += 46 + length
        }
    }

    @Test func textsHaveTheLongestsWidth() {
        let data = NamedArray.texts(["é", "ab🎵", ""]).encoded
        #expect(String(decoding: data.prefix(60), as: UTF8.self).contains("'<U3'"))
        #expect(
            data.suffix(36)
                == Data(
                    [0xE9] + [UInt8](repeating: 0, count: 11)
                        + [0x61, 0, 0, 0, 0x62, 0, 0, 0, 0xB5, 0xF3, 1, 0]
                        + [UInt8](repeating: 0, count: 12)))
    }
}
