import Engine
import Files
import Settings
import Testing

/// Which kernels the programs choose.
@Suite struct ChosenKernelsTests {
  @Test("unless LOPT_ISA names an instruction set, the best that this processor has is chosen", arguments: [nil, ""])
  func best(variable: String?) throws {
    let chosen = try Kernels.chosen(environment: ["LOPT_ISA": variable].compactMapValues { $0 })
    #expect(chosen.name == Kernels.available.last?.name)
  }

  @Test("LOPT_ISA forces each instruction set that this processor has")
  func forced() throws {
    for kernels in Kernels.available {
      #expect(try Kernels.chosen(environment: ["LOPT_ISA": kernels.name]).name == kernels.name)
    }
  }

  @Test("a name of no instruction set is an error that lists those that there are")
  func unknown() {
    let error = #expect(throws: EngineError.self) { try Kernels.chosen(environment: ["LOPT_ISA": "x87"]) }
    #expect(error?.code == .unknownInstructionSet && error?.exitCode == .usage)
    #expect(error?.description.hasPrefix("LOPT_ISA: x87 is not one of this processor's: baseline") == true)
  }
}
