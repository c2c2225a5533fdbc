import Testing

@testable import ColdwaveServer

@Suite struct AuthenticationTests {
    @Test func loopbackNames() {
        for name in ["127.0.0.1:4533", "localhost", "LOCALHOST:80", "[::1]:4533"] {
            #expect(Authentication.isLoopback(name))
        }
        for name in ["evil.example:4533", "127.0.0.1.evil.example", "[::2]:1", ""] {
            #expect(!Authentication.isLoopback(name))
        }
    }
}
