package import Engine
import Files
import Foundation

extension Kernels {
  /// Returns the kernels that the variable `LOPT_ISA` names; where it is empty or not set, the best that this processor
  /// has.
  ///
  /// A program asks once, and hands the kernels down: nothing else reads the variable.
  ///
  /// - Throws: ``EngineError`` where it names an instruction set that is unknown or that this processor lacks.
  package static func chosen(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Kernels {
    let available = Kernels.available
    guard let name = environment["LOPT_ISA"], !name.isEmpty else { return available[available.count - 1] }
    guard let kernels = Kernels(name) else {
      let known = available.map(\.name).joined(separator: ", ")
      throw EngineError(.unknownInstructionSet, "LOPT_ISA: \(name) is not one of this processor's: \(known)")
    }
    return kernels
  }
}
