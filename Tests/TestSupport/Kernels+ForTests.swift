package import Engine
import Settings

extension Kernels {
  /// Those that the programs would choose: the variable `LOPT_ISA` forces an instruction set on the tests too.
  package static let forTests: Kernels = {
    do { return try Kernels.chosen() } catch { preconditionFailure("\(error)") }
  }()
}
