import Foundation

/// The names in a folder, in the order of their bytes.
struct FolderListing {
    struct Failure: Error { let reason: String }

    private(set) var names: [String] = []
    /// Names that are no UTF-8, with their bytes as far as they can be shown.
    private(set) var unreadableNames: [String] = []

    init(_ path: String) throws(Failure) {
        guard let folder = opendir(path) else {
            throw Failure(reason: String(cString: strerror(errno)))
        }
        defer { closedir(folder) }
        var found: [[UInt8]] = []
        while let entry = readdir(folder) {
            found.append(
                withUnsafeBytes(of: entry.pointee.d_name) { name in Array(name.prefix { $0 != 0 }) }
            )
        }
        for bytes in found.sorted(by: { $0.lexicographicallyPrecedes($1) })
        where bytes != Array(".".utf8) && bytes != Array("..".utf8) {
            if let name = String(validating: bytes, as: UTF8.self) {
                names.append(name)
            } else {
                unreadableNames.append(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
