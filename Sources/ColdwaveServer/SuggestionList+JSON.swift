import Library

// Members in the order of their names, as everywhere; `JSONTextTests` compares with `JSONEncoder`.

extension SuggestionList {
    func write(to json: inout JSONText) {
        json.raw("{")
        if let listener {
            json.raw("\"listener\":")
            json.string(listener)
            json.raw(",")
        }
        json.raw("\"suggestions\":")
        json.array(suggestions) { $1.write(to: &$0) }
        json.raw("}")
    }
}

extension SuggestionView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{\"because\":")
        json.array(because) { $0.string($1) }
        json.raw(",\"rank\":")
        json.int(rank)
        if let reasons {
            json.raw(",\"reasons\":")
            reasons.write(to: &json)
        }
        json.raw(",\"score\":")
        json.number(score)
        json.raw(",\"track\":")
        track.write(to: &json)
        json.raw("}")
    }
}

extension ReasonsView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{")
        if let fromPlays {
            json.raw("\"fromPlays\":")
            json.number(fromPlays)
            json.raw(",")
        }
        if let fromSound {
            json.raw("\"fromSound\":")
            json.number(fromSound)
            json.raw(",")
        }
        json.raw("\"heard\":")
        json.array(heard) { json, unit in
            json.raw("{\"deviations\":")
            json.number(unit.deviations)
            json.raw(",\"label\":")
            json.string(unit.label)
            json.raw(",\"second\":")
            json.number(unit.second)
            json.raw(",\"unit\":")
            json.string(unit.unit)
            json.raw("}")
        }
        json.raw(",\"parts\":")
        json.array(parts) { json, part in
            json.raw("{\"listener\":")
            json.string(part.listener)
            json.raw(",\"share\":")
            json.number(part.share)
            json.raw(",\"song\":")
            json.string(part.song)
            json.raw("}")
        }
        json.raw(",\"rest\":")
        json.number(rest)
        json.raw("}")
    }
}

extension SongView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{")
        if let album {
            json.raw("\"album\":")
            json.string(album)
            json.raw(",")
        }
        json.raw("\"artist\":")
        json.string(artist)
        json.raw(",\"durationSeconds\":")
        json.number(durationSeconds)
        json.raw(",\"genres\":")
        json.array(genres) { $0.string($1) }
        json.raw(",\"hasCover\":")
        json.bool(hasCover)
        json.raw(",\"id\":")
        json.int(id)
        json.raw(",\"kind\":")
        json.string(kind)
        if let path {
            json.raw(",\"path\":")
            json.string(path)
        }
        json.raw(",\"plays\":")
        json.int(plays)
        json.raw(",\"title\":")
        json.string(title)
        if let year {
            json.raw(",\"year\":")
            json.int(year)
        }
        json.raw("}")
    }
}
