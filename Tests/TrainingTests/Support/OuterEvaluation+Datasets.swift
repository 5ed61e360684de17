import Shards
import TestSupport

@testable import Settings
@testable import Tasks
@testable import Training

extension OuterEvaluation {
  /// The evaluation that a run of this configuration makes on data sets that are open already.
  static func of(_ configuration: Configuration, _ datasets: [Dataset], threads: Int = 2) throws -> OuterEvaluation {
    try OuterEvaluation(
      configuration, tasks: DatasetTaskDistribution(configuration, datasets: datasets, kernels: .forTests),
      threads: threads, kernels: .forTests)
  }
}
