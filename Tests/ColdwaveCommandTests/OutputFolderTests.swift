import Foundation
import TestSupport
import Testing

@testable import ColdwaveCommand

struct OutputFolderTests {
    @Test func isMadeWithWhatIsAboveItAndMayBeThere() throws {
        let folder = try TestFolder()
        let place = folder.file("a ü/b")
        for _ in 1...2 { #expect(try OutputFolder.make(place.path).path == place.path) }
    }

    @Test(arguments: ["taken", "taken/within"]) func aFileInTheWayIsTold(name: String) throws {
        let folder = try TestFolder()
        try Data().write(to: folder.file("taken"))
        let error = #expect(throws: FileFailure.self) {
            try OutputFolder.make(folder.file(name).path)
        }
        #expect(error?.path == folder.file(name).path)
        let reason = "\(folder.file("taken").path) is a file"
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(try Data(contentsOf: folder.file("taken")).isEmpty)
    }
}
