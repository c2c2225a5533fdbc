import Foundation
import Testing

@testable import AudioFeatures

/// Workers played by small shell scripts, since decoders that crash are hard to come by.
@Suite struct HearingPoolTests {
    func pool(_ script: String) -> HearingPool {
        var limits = HearingPool.Limits()
        limits.seconds = 1
        limits.grace = 0.2
        return HearingPool(
            executable: "/bin/sh", arguments: ["-c", script, "worker"], limits: limits)
    }
    let request = HearingRequest(path: "/music/a.mp3")

    @Test func aCrashIsToldAndTheNextFileGetsANewWorker() {
        let pool = pool("head -c 8 >/dev/null; kill -SEGV $$")
        for _ in 0..<3 {
            #expect(
                throws: AudioError.decoderCrashed(ending: "signal 11, Segmentation fault")
            ) { try pool.hear(request) }
        }
    }

    @Test func aHangIsGivenUp() {
        #expect(throws: AudioError.decoderHung(seconds: 1)) {
            try pool("sleep 100").hear(request)
        }
        #expect(throws: AudioError.decoderHung(seconds: 1)) {
            try pool("kill -ALRM $$").hear(request)
        }
    }

    @Test(arguments: [
        "echo garbage that is long enough", "exit 3", "true", "printf '\\1\\0\\0\\0'",
    ])
    func brokenAnswersAreToldFromCrashes(script: String) {
        #expect(throws: AudioError.self) { try pool(script).hear(request) }
    }

    @Test func aWorkerThatCannotStartIsTold() {
        let pool = HearingPool(executable: "/nowhere/coldwave", arguments: [])
        #expect {
            try pool.hear(request)
        } throws: { error in
            String(describing: error).contains("/nowhere/coldwave")
        }
    }

    @Test func messagesGoThroughWholeAndInOrder() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let channel = HearingChannel(input: ends[0], output: ends[1])
        for size in [0, 1, 30_000] {
            try channel.send(
                json: Data("{\"a\":1}".utf8), bytes: (0..<size).map { UInt8($0 % 251) })
            let message = try #require(try channel.receive(within: 1))
            #expect(message.json == Data("{\"a\":1}".utf8))
            #expect(message.bytes == (0..<size).map { UInt8($0 % 251) })
        }
        #expect(throws: HearingChannel.TimedOut.self) { try channel.receive(within: 0.05) }
        close(ends[1])
        #expect(try channel.receive() == nil)
        close(ends[0])
    }
}
