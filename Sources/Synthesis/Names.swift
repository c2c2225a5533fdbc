import Matrices

/// Invented names of artists and songs, each given once.
struct Names {
    private var generator: SeededGenerator
    private var used: Set<String> = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed, stream: 5) }

    private let starts = [
        "Bra", "Cor", "Del", "Ev", "Fal", "Gri", "Hol", "Ira", "Jun", "Kel", "Lum", "Mor", "Nev",
        "Or", "Pel", "Quil", "Ros", "Sav", "Tal", "Ul", "Vor", "Wil", "Yar", "Zel",
    ]
    private let middles = ["a", "e", "i", "o", "an", "el", "in", "or", "u", "ar"]
    private let ends = [
        "dra", "lin", "mar", "nox", "ris", "tha", "ven", "zo", "wyn", "kett", "sen", "bel", "dor",
        "mi",
    ]
    private let kinds = [
        "", "", "", " & the Tides", " Quartet", " Collective", " Sisters", " Machine", " Society",
    ]
    private let adjectives = [
        "Silver", "Slow", "Hidden", "Northern", "Broken", "Paper", "Electric", "Distant", "Velvet",
        "Hollow", "Crimson", "Quiet", "Burning", "Glass", "Wandering", "Second", "Last", "Lunar",
        "Amber", "Restless", "Salt", "Iron", "Gentle", "Static",
    ]
    private let nouns = [
        "River", "Signal", "Garden", "Engine", "Window", "Harbour", "Letter", "Forest", "Mirror",
        "Winter", "Morning", "Street", "Orbit", "Shadow", "Lantern", "Weather", "Machine", "Ocean",
        "Dancer", "Circuit", "Mountain", "Feather", "Echo", "Parade", "Bridge", "Valley",
    ]

    private mutating func pick(_ words: [String]) -> String {
        words[generator.integer(below: words.count)]
    }

    private mutating func unique(_ make: (inout Names) -> String) -> String {
        while true {
            let name = make(&self)
            if used.insert(name).inserted { return name }
        }
    }

    mutating func artist() -> String {
        unique { $0.pick($0.starts) + $0.pick($0.middles) + $0.pick($0.ends) + $0.pick($0.kinds) }
    }

    mutating func title() -> String {
        unique { names in
            switch names.generator.integer(below: 4) {
            case 0: names.pick(names.adjectives) + " " + names.pick(names.nouns)
            case 1:
                names.pick(names.nouns) + " of the " + names.pick(names.adjectives) + " "
                    + names.pick(names.nouns)
            case 2: "The " + names.pick(names.adjectives) + " " + names.pick(names.nouns)
            default: names.pick(names.nouns) + " and " + names.pick(names.nouns)
            }
        }
    }
}
