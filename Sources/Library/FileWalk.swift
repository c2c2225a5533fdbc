import AudioFeatures
import Foundation

/// A file found under a scanned root.
struct FoundFile: Equatable, Sendable {
    let path: String
    let relativePath: String
    let size: Int64
    let modified: Double

    var key: PathKey { PathKey(path) }
}

/// A path as the file system tells paths apart, byte by byte. Two Swift strings are equal when they look alike, but "é" in one letter
/// and in two are two files.
struct PathKey: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ path: String) { bytes = Array(path.utf8) }

    /// Whether this is `folder` or lies in it.
    func isUnder(_ folder: PathKey) -> Bool {
        bytes.starts(with: folder.bytes)
            && (bytes.count == folder.bytes.count || bytes[folder.bytes.count] == UInt8(ascii: "/")
                || folder.bytes.last == UInt8(ascii: "/"))
    }
}

/// What a walk over files and folders found.
struct FileWalk {
    private(set) var files: [FoundFile] = []
    /// What could not be read, with the reason.
    private(set) var unreadable: [(path: String, reason: String)] = []
    private var seen: Set<PathKey> = []
    private var visitedFolders: Set<FolderIdentity> = []

    /// Adds a root: a folder is walked recursively for files with an audio extension, a file is taken as it is.
    mutating func add(root: URL) {
        switch Self.status(root.path) {
        case .folder(let identity): walk(folder: root.path, identity, root: root.path)
        case .other(let size, let modified):
            append(root.path, relativePath: root.lastPathComponent, size, modified)
        case .unknown(let reason): unreadable.append((root.path, reason))
        }
    }

    private mutating func walk(folder: String, _ identity: FolderIdentity, root: String) {
        // Symbolic links may lead in circles: each real folder is entered once.
        guard visitedFolders.insert(identity).inserted else { return }
        let listing: FolderListing
        do { listing = try FolderListing(folder) } catch {
            unreadable.append((folder, error.reason))
            return
        }
        for name in listing.unreadableNames {
            unreadable.append(
                (folder + "/" + name, "its name is not in UTF-8; rename it (convmv does many)"))
        }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        for name in listing.names where !name.hasPrefix(".") {
            let path = prefix + name
            let isAudio = AudioFileKind.isAudioExtension(
                URL(fileURLWithPath: name).pathExtension)
            switch Self.status(path) {
            case .folder(let identity): walk(folder: path, identity, root: root)
            case .other(let size, let modified):
                guard isAudio else { continue }
                let below = path.utf8.dropFirst(root.utf8.count + (root.hasSuffix("/") ? 0 : 1))
                append(path, relativePath: String(decoding: below, as: UTF8.self), size, modified)
            case .unknown(let reason):
                if isAudio { unreadable.append((path, reason)) }
            }
        }
    }

    private mutating func append(
        _ path: String, relativePath: String, _ size: Int64, _ modified: Double
    ) {
        guard seen.insert(PathKey(path)).inserted else { return }
        files.append(
            FoundFile(path: path, relativePath: relativePath, size: size, modified: modified))
    }

    private struct FolderIdentity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private enum Status {
        case folder(FolderIdentity)
        case other(size: Int64, modified: Double)
        case unknown(reason: String)
    }

    /// Follows symbolic links.
    private static func status(_ path: String) -> Status {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .unknown(reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            return .folder(
                FolderIdentity(
                    device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
            )
        }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return .other(
            size: Int64(status.st_size),
            modified: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}
