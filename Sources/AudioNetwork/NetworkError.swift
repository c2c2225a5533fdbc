/// What can go wrong with networks, their files and their training.
public enum NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case notAModel(path: String, reason: String)
    case wrongShape(name: String, got: [Int], expected: [Int])
    case missingTensor(name: String)
    case tooFewSongs(got: Int, needed: Int)
    case wrongBands(got: Int, expected: Int)
    case wrongTargets(got: [Int], expected: [Int])
    case diverged(epoch: Int, learningRate: Double)
    case unusableTargets

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .notAModel(let path, let reason):
            "\(path) is not a network Coldwave can read: \(reason). Train one with `coldwave train`."
        case .wrongShape(let name, let got, let expected):
            "the network's tensor \(name) has shape \(got), expected \(expected). The file was made by something else."
        case .missingTensor(let name):
            "the network's file has no tensor \(name). The file was made by something else."
        case .tooFewSongs(let got, let needed):
            "training needs at least \(needed) songs with targets, got \(got). Add more music with known listeners."
        case .wrongBands(let got, let expected):
            "the spectrograms have \(got) bands, the network expects \(expected). Make them with the network's settings."
        case .wrongTargets(let got, let expected):
            "the targets have shape \(got), expected \(expected)."
        case .diverged(let epoch, let learningRate):
            "training diverged in epoch \(epoch) (the loss is not a number) at learning rate \(learningRate). "
                + "Try a tenth of it."
        case .unusableTargets: "the targets hold values that are not numbers; factorize again."
        }
    }
}
