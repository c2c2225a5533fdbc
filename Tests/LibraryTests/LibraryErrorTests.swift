import Testing

@testable import Library

@Suite struct LibraryErrorTests {
    /// The system's words end in a full stop: two of them stood there.
    @Test(arguments: ["No space left on device.", "No space left on device", "why? ..", ""])
    func aReasonsFullStopIsNotDoubled(reason: String) {
        let text = LibraryError.cannotWrite(path: "/x/y", reason: reason).description
        #expect(!text.contains("..") && !text.contains(". ."))
        #expect(text.hasPrefix("cannot write /x/y: ") && text.contains("free disk space"))
    }

    /// `build` carries on where a stage of it stopped; it cannot where something else did.
    @Test(arguments: ["scan", "train", "map"])
    func aStageOfABuildIsCarriedOn(stage: String) {
        #expect(LibraryError.interrupted(stage: stage).description.contains("`coldwave build`"))
    }

    @Test(arguments: ["tsne", "evaluate", "compose"])
    func nothingElseIs(stage: String) {
        let text = LibraryError.interrupted(stage: stage).description
        #expect(text.contains(stage) && text.contains("again") && !text.contains("build"))
    }
}
