import Foundation
import Testing
import Torch

@testable import ColdwaveCommand

/// Processes that stand for measuring on machines that are not at hand.
struct FastPrecisionTests {
    func choice(_ features: [String], _ script: String) -> FastPrecision.Choice {
        FastPrecision.probe(features: features, command: ("/bin/sh", ["-c", script]))
    }

    @Test func bfloat16IsTakenWhereItIsFasterThanFewerProducts() {
        let fast = choice(["amx_bf16"], #"echo '{"float32":100,"bfloat16":900}'"#)
        #expect(fast.precision == .bfloat16 && fast.isa == "DEFAULT")
        #expect(fast.rates == .init(float32: 100, bfloat16: 900))
        let slow = choice(["amx_bf16"], #"echo '{"float32":100,"bfloat16":210}'"#)
        #expect(slow.precision == .float32)
        // Without AMX nothing is measured.
        let without = choice(["avx512_bf16"], #"echo '{"float32":100,"bfloat16":900}'"#)
        #expect(without.precision == .float32 && without.rates == nil)
    }

    @Test func aProcessorThatFaultsIsFoundOut() {
        // As a machine whose AMX is only advertised: the process ends by an illegal instruction.
        let faults =
            #"[ "$ONEDNN_MAX_CPU_ISA" = DEFAULT ] && kill -ILL $$; echo '{"float32":9,"bfloat16":90}'"#
        let choice = choice(["avx512_bf16", "amx_bf16"], faults)
        #expect(choice.precision == .float32 && choice.isa == nil)
        #expect(self.choice(["amx_bf16"], "echo nonsense").precision == .float32)
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
