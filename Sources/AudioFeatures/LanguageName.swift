import Foundation

/// Languages of tags under one English name each, however they are written.
///
/// ID3 keeps ISO 639-2 codes, several without a gap between them ("engfra"); Vorbis comments, APE and MP4 keep what was typed: a code of two or
/// three letters, a code with a region ("pt-BR"), or a name ("Deutsch").
enum LanguageName {
    /// English names without repetition, in the tag's order; none for tags that say there is no language, several, or an unknown one.
    static func all(_ values: [String]) -> [String] {
        var names: [String] = []
        for value in values {
            for part in value.split(whereSeparator: { ";,/\0".contains($0) }) {
                for name in parse(part.trimmingCharacters(in: .whitespaces))
                where !names.contains(name) {
                    names.append(name)
                }
            }
        }
        return names
    }

    /// Codes for: undetermined, no words, several, uncoded; and ID3's for unknown.
    private static let nothing: Set<String> = [
        "und", "zxx", "mul", "mis", "xxx", "unknown", "none", "instrumental", "n", "na",
        "no language",
    ]

    private static func parse(_ text: String) -> [String] {
        let folded = fold(text)
        guard !folded.isEmpty, !nothing.contains(folded) else { return [] }
        if let name = name(ofCode: folded) { return [name] }
        if let name = nameOfName[folded] { return [name] }
        let letters = folded.split(whereSeparator: { $0 == "-" || $0 == "_" })
        if letters.count > 1, let name = name(ofCode: String(letters[0])) { return [name] }
        // Codes one after the other; all of them must be known, or it is a word.
        if folded.count > 3, folded.count % 3 == 0 {
            let codes = stride(from: 0, to: folded.count, by: 3).map {
                String(folded.dropFirst($0).prefix(3))
            }
            let names = codes.map { nothing.contains($0) ? "" : name(ofCode: $0) }
            if !names.contains(nil) { return names.compactMap { $0 }.filter { !$0.isEmpty } }
        }
        return [text]
    }

    private static func fold(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func name(ofCode code: String) -> String? {
        guard (2...3).contains(code.count), code.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            return nil
        }
        return nameOfCode[bibliographic[code] ?? code]
    }

    /// ISO 639-2 has two codes for some languages; these are the ones after the English names.
    private static let bibliographic = [
        "alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces",
        "dut": "nld", "fre": "fra", "geo": "kat", "ger": "deu", "gre": "ell", "ice": "isl",
        "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas", "rum": "ron", "slo": "slk",
        "tib": "bod", "wel": "cym",
    ]

    /// By codes of two and of three letters.
    private static let nameOfCode: [String: String] = {
        let english = Locale(identifier: "en")
        var names: [String: String] = [:]
        for code in Locale.LanguageCode.isoLanguageCodes {
            guard let name = english.localizedString(forLanguageCode: code.identifier),
                name != code.identifier
            else { continue }
            names[code.identifier] = name
            for kind in [Locale.LanguageCode.IdentifierType.alpha2, .alpha3] {
                if let other = code.identifier(kind) { names[other] = name }
            }
        }
        return names
    }()

    /// By the folded English name, and the language's own.
    private static let nameOfName: [String: String] = {
        var names: [String: String] = [:]
        for (code, name) in nameOfCode.sorted(by: { $0.key < $1.key }) {
            if code.count == 2,
                let own = Locale(identifier: code).localizedString(forLanguageCode: code)
            {
                names[fold(own)] = name
            }
        }
        // English names win where another language's own name is spelt alike.
        for name in nameOfCode.values { names[fold(name)] = name }
        return names
    }()
}
