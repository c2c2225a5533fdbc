import Foundation
import Testing

@Suite struct ExportTests {
    /// What it writes is checked by ONNXModelTests, ArrayArchiveTests and `make check-export`.
    @Test func exportSaysWhatIsMissing() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        let coldwave = Command(library: folder)
        let file = folder.appendingPathComponent("network.onnx").path
        let missing = try coldwave("export", "onnx", "-o", file)
        #expect(missing.status == 1 && missing.errors.contains("coldwave scan"))
        #expect(try coldwave("export", "onnx").status == 64)
        #expect(try coldwave("export", "pickle", "-o", file).status == 64)
        #expect(try coldwave("--help").text.contains("export"))
        #expect(try coldwave("lab", "export", file, "npz", file).status == 1)
    }
}
