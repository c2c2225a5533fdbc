import Foundation

/// A folder that somebody named for results. Made before the work begins, so that a name that does not do costs nothing.
enum OutputFolder {
    /// - Throws: ``FileFailure`` where a file is in the way or the folder may not be made.
    static func make(_ path: String) throws -> URL {
        let folder = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            let reason =
                fileInTheWay(of: folder).map { "\($0) is a file" }
                ?? cause.map { String(cString: strerror(Int32($0.code))) }
                ?? error.localizedDescription
            throw FileFailure(
                path: folder.path,
                reason: "cannot be the folder for the results: \(reason); name another one")
        }
        return folder
    }

    private static func fileInTheWay(of folder: URL) -> String? {
        var (place, isFolder) = (folder, ObjCBool(true))
        while place.path != "/",
            !FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
        {
            place.deleteLastPathComponent()
        }
        return isFolder.boolValue ? nil : place.path
    }
}
