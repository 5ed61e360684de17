@testable import Engine

extension InnerProblem {
  /// An evaluator that runs on one instruction set.
  func makeEvaluator(batch: Int, kernels: Kernels) -> any InnerEvaluator {
    switch self {
    case let mlp as MLP: MLPEvaluator(mlp, batch: batch, kernels: kernels)
    case let network as ConvNet: ConvNetEvaluator(network, batch: batch, kernels: kernels)
    default: preconditionFailure("\(name) has no evaluator that takes its kernels")
    }
  }
}
