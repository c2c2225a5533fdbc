import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An XML document as a tree, read by Foundation's parser.
final class XMLTree: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        var children: [Element] = []
        var text = ""
        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }
    private var stack: [Element] = []
    private var root: Element?

    /// Nil for what is no well-formed document.
    static func parse(_ text: String) -> Element? {
        let tree = XMLTree()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = tree
        return parser.parse() ? tree.root : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        stack.last?.children.append(element)
        if root == nil { root = element }
        stack.append(element)
    }
    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) { stack.removeLast() }
    func parser(_ parser: XMLParser, foundCharacters text: String) { stack.last?.text += text }

    /// Both forms hold the same: attributes are members, elements are members or parts of arrays.
    static func compare(_ element: Element, _ json: [String: Any], at path: String) {
        var left = Set(json.keys)
        for (name, text) in element.attributes where name != "xmlns" {
            left.remove(name)
            switch json[name] {
            // A second may have gone by between both answers.
            case is String where ["changed", "validUntil"].contains(name): continue
            case let value as String: #expect(value == text, "\(path).\(name)")
            case let value as NSNumber:
                let isSame =
                    text == "true" || text == "false"
                    ? value.boolValue == (text == "true") : value.doubleValue == Double(text)
                #expect(isSame, "\(path).\(name): \(text) and \(value)")
            default: Issue.record("\(path).\(name) is in XML alone")
            }
        }
        if let value = json["value"] as? String {
            left.remove("value")
            #expect(value == element.text, "\(path)")
        }
        for (name, children) in Dictionary(grouping: element.children, by: \.name) {
            left.remove(name)
            switch json[name] {
            case let value as [String: Any]:
                #expect(children.count == 1)
                compare(children[0], value, at: "\(path).\(name)")
            case let values as [[String: Any]]:
                #expect(children.count == values.count, "\(path).\(name)")
                for (child, value) in zip(children, values) {
                    compare(child, value, at: "\(path).\(name)")
                }
            case let values as [Any]:
                #expect(children.map(\.text) == values.map { "\($0)" }, "\(path).\(name)")
            default: Issue.record("\(path).\(name) is in XML alone")
            }
        }
        // Empty arrays leave no element.
        for name in left {
            #expect((json[name] as? [Any])?.isEmpty == true, "\(path).\(name) is in JSON alone")
        }
    }
}
