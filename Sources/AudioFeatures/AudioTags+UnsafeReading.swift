import CTags

extension AudioTags {
    /// A file's tags as TagLib reads them, one entry a value; empty for formats it does not know.
    static func entries(path: String) -> [Entry] {
        var entries: [Entry] = []
        let status = withUnsafeMutablePointer(to: &entries) { list in
            coldwave_read_tags(path, list) { list, key, value in
                guard let list, let key, let value else { return }
                list.assumingMemoryBound(to: [Entry].self).pointee.append(
                    (String(cString: key), String(cString: value)))
            }
        }
        return status == 0 ? entries : []
    }
}
