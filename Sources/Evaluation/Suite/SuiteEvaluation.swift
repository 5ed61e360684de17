package import Engine
package import Files
package import Foundation
package import Shards
package import Tasks

/// The evaluation of one θ on all rows of a suite.
package struct SuiteEvaluation: Sendable {
  private let suite: Suite
  private let datasets: [String: Dataset]
  private let evaluations: [Evaluation]

  /// Opens the tasks of all rows and the journals of finished runs, before anything is trained.
  ///
  /// - Parameters:
  ///   - datasets: the data set of each name that the suite needs.
  ///   - cache: the folder of the journals.
  ///   - lost: hears why finished runs can no longer be kept there.
  /// - Throws: ``EvaluationError`` where a data set is missing, does not fit a row, or goes by two names.
  package init(
    _ suite: Suite, snapshot: RunnableSnapshot, datasets: [String: Dataset], threads: Int, kernels: Kernels, cache: URL,
    lost: (@Sendable (FileError) -> Void)? = nil
  ) throws {
    self.suite = suite
    self.datasets = datasets
    try suite.check(datasets)
    evaluations = try suite.rows.map { row in
      try suite.open(row, in: datasets) {
        try Evaluation(
          row.plan, snapshot: snapshot, dataset: $0, threads: threads, kernels: kernels, cache: cache, lost: lost)
      }
    }
  }

  /// Trains everything that the journals do not have yet, and reports. Call ``forget()`` once the report is stored: the
  /// journals stay until then.
  package func report() throws -> SuiteReport {
    let progress = Files.Progress("\(suite.name)", unit: "inner steps", total: 0, goesOn: true)
    defer { progress.finish() }
    for evaluation in evaluations { evaluation.expect(in: progress) }
    let found = try evaluations.map { try $0.report(progress) }
    let rows = zip(zip(suite.rows, evaluations), found).map { entry, report in
      SuiteReport.Row(
        entry.0, datasetSHA256: datasets[entry.0.dataset]?.manifestDigest ?? "", tasks: entry.1.taskClasses, report)
    }
    return SuiteReport(rows)
  }

  /// Removes the journals of finished runs.
  package func forget() { for evaluation in evaluations { evaluation.forget() } }
}
