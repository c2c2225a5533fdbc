import AudioFeatures
import Foundation

/// A file found under a scanned root.
struct FoundFile: Equatable, Sendable {
    let path: String
    let relativePath: String
    let size: Int64
    let modified: Double
}

/// What a walk over files and folders found.
struct FileWalk {
    private(set) var files: [FoundFile] = []
    /// Folders that could not be read, with the reason.
    private(set) var unreadable: [(path: String, reason: String)] = []
    private var seen: Set<String> = []
    private var visitedFolders: Set<String> = []

    /// Adds a root: a folder is walked recursively for files with an audio extension, a file is taken as it is.
    mutating func add(root: URL) {
        guard let attributes = Self.attributes(root.path) else { return }
        if attributes.isFolder {
            walk(folder: root.path, root: root.path)
        } else {
            append(root.path, relativePath: root.lastPathComponent, attributes)
        }
    }

    private mutating func walk(folder: String, root: String) {
        // Symbolic links may lead in circles: each real folder is entered once.
        guard
            visitedFolders.insert(URL(fileURLWithPath: folder).resolvingSymlinksInPath().path)
                .inserted
        else {
            return
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            unreadable.append((folder, error.localizedDescription))
            return
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard let attributes = Self.attributes(path) else { continue }
            if attributes.isFolder {
                walk(folder: path, root: root)
            } else if AudioFileKind.isAudioExtension(URL(fileURLWithPath: name).pathExtension) {
                append(path, relativePath: String(path.dropFirst(root.count + 1)), attributes)
            }
        }
    }

    private mutating func append(
        _ path: String, relativePath: String,
        _ attributes: (isFolder: Bool, size: Int64, modified: Double)
    ) {
        guard seen.insert(path).inserted else { return }
        files.append(
            FoundFile(
                path: path, relativePath: relativePath, size: attributes.size,
                modified: attributes.modified))
    }

    /// Follows symbolic links; nil when nothing is there.
    private static func attributes(_ path: String) -> (
        isFolder: Bool, size: Int64, modified: Double
    )? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return (
            status.st_mode & S_IFMT == S_IFDIR, Int64(status.st_size),
            Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        )
    }
}
