import Foundation
import Shards
import Snapshots
import Tasks
import TestSupport

@testable import Evaluation

extension Evaluation {
  /// Opens an evaluation of a small θ on two threads; the journals of its finished runs are beside the data set.
  static func small(
    _ plan: EvaluationPlan, _ dataset: Dataset, _ snapshot: Snapshot = .small()
  ) throws -> Evaluation {
    try Evaluation(
      plan, snapshot: RunnableSnapshot(snapshot, name: "θ"), dataset: dataset, threads: 2, kernels: .forTests,
      cache: dataset.folder.deletingLastPathComponent().appending(path: "cache"))
  }
}
