import Testing

@testable import ColdwaveCommand

/// The demo's commands are meant to be pasted.
struct ShellWordTests {
    @Test func isQuotedWhereAShellWouldSplitIt() {
        #expect(Demo.shellWord("demo-library/library") == "demo-library/library")
        #expect(Demo.shellWord("/my ü/library") == "'/my ü/library'")
        #expect(Demo.shellWord("it's") == #"'it'\''s'"#)
    }
}
