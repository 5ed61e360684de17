@testable import Engine

extension Kernels {
  /// The kernels of every instruction set that this processor has, the baseline first.
  static let available = instructionSets.compactMap { try? Kernels($0) }
}
