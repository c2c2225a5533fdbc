import Foundation
import Testing
import Torch

@testable import ColdwaveCommand

/// Processes that stand for measuring on machines that are not at hand.
struct FastPrecisionTests {
    func choice(_ features: [String], _ script: String) -> FastPrecision.Choice {
        FastPrecision.probe(features: features, command: ("/bin/sh", ["-c", script]))
    }

    @Test func theOneWithInstructionsIsTakenUnlessItIsSlower() {
        let fast = choice(["avx512_bf16"], #"echo '{"float32":100,"bfloat16":210}'"#)
        #expect(fast.precision == .bfloat16 && fast.isa == "AVX512_CORE_BF16")
        #expect(fast.rates == .init(float32: 100, bfloat16: 210))
        let slow = choice(["avx512_bf16"], #"echo '{"float32":100,"bfloat16":90}'"#)
        #expect(slow.precision == .float32)
        #expect(choice(["avx2"], #"echo '{"float32":100,"bfloat16":210}'"#).rates == nil)
    }

    @Test func aProcessorThatFaultsIsFoundOut() {
        // As a machine whose AMX is only advertised: the first process ends by an illegal instruction.
        let faults =
            #"[ "$ONEDNN_MAX_CPU_ISA" = DEFAULT ] && kill -ILL $$; echo '{"float32":9,"bfloat16":20}'"#
        let choice = choice(["avx512_bf16", "amx_bf16"], faults)
        #expect(choice.precision == .bfloat16 && choice.isa == "AVX512_CORE_BF16")
        let works = #"echo '{"float32":9,"bfloat16":20}'"#
        #expect(self.choice(["amx_bf16"], works).isa == "DEFAULT")
        let always = self.choice(["avx512_bf16", "amx_bf16"], "kill -ILL $$")
        #expect(always.precision == .float32 && always.isa == nil)
        #expect(self.choice(["avx512_bf16"], "echo nonsense").precision == .float32)
    }

    @Test func whatIsSetStays() {
        #expect(TunedProcess.changes(to: [:])["GOMP_SPINCOUNT"] == "1000")
        #expect(TunedProcess.changes(to: [:]).count == 4)
        #expect(TunedProcess.changes(to: ["OMP_WAIT_POLICY": "active"])["GOMP_SPINCOUNT"] == nil)
        #expect(TunedProcess.changes(to: ["MALLOC_ARENA_MAX": "2"]).count == 1)
    }

    @Test func thisMachineIsMeasured() throws {
        let rates = try FastPrecision.Rates(
            float32: Precision.float32.matrixProductRate(threads: 1),
            bfloat16: Precision.bfloat16.matrixProductRate(threads: 1))
        #expect(rates.float32 > 0 && rates.bfloat16 > 0)
    }
}
