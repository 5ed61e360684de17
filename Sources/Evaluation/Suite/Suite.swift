import Files
package import Foundation
package import Shards

/// A suite: evaluations of one θ on several problems, which together tell how well it does where it was not trained
/// (Documentation/suites.md).
package struct Suite: Sendable, Equatable {
  /// One evaluation of a suite.
  package struct Row: Sendable, Equatable {
    /// The row's position in the suite's file, from 0.
    var index: Int
    /// The name of the data set, which whoever runs the suite maps to a folder.
    package var dataset: String
    /// The plan, with the learned optimizer's step scale tuned.
    package var plan: EvaluationPlan
    /// What the plan has in another way in the small form of the suite; nil where that is without this row.
    var small: EvaluationOptions?

    /// The row's name: no two rows of a suite have the same.
    package var name: String { "\(plan.problem) \(dataset) \(plan.steps)x\(plan.batch)" }
  }

  /// The suite's file.
  package var file: URL
  /// The name of the suite, with which the names of its result's files begin.
  package var name: String
  /// A sentence on what the suite is for.
  package var purpose: String
  /// The evaluations, at least one.
  package var rows: [Row]

  /// The names of the data sets that the rows need, in alphabetical order.
  package var datasets: [String] { Set(rows.map(\.dataset)).sorted() }

  /// Returns the small form of the suite: the rows that are marked, with what their marks say.
  /// - Throws: ``EvaluationError`` where no row is marked.
  package func small() throws -> Suite {
    var suite = self
    suite.name += "-small"
    suite.rows = rows.compactMap { row in
      row.small.map { changed in
        let options = changed.over(EvaluationOptions(row.plan))
        let plan = options.plan(
          problem: row.plan.problem, split: row.plan.split, tasks: options.tasks ?? row.plan.tasks,
          steps: row.plan.steps, batch: row.plan.batch)
        return Row(index: row.index, dataset: row.dataset, plan: plan)
      }
    }
    guard !suite.rows.isEmpty else {
      throw EvaluationError(.wrongPlan, "\(file.path): no row has the key small: this suite has no small form")
    }
    return suite
  }

  /// Checks that there is a folder for the name of every data set.
  ///
  /// - Parameter names: the names that have one. There may be others, which another form of the suite needs.
  /// - Throws: ``EvaluationError`` that says which are needed and which are missing.
  package func check(_ names: some Collection<String>) throws {
    let missing = datasets.filter { !names.contains($0) }
    guard !missing.isEmpty else { return }
    throw EvaluationError(
      .missingDataset,
      "\(file.path): the suite needs a data set for each of \(datasets.joined(separator: ", ")); missing: "
        + missing.joined(separator: ", "))
  }

  /// Checks that there is a data set of every name, and not the same for two of them.
  /// - Throws: ``EvaluationError`` that names those.
  package func check(_ opened: [String: Dataset]) throws {
    try check(opened.keys)
    for (name, others) in Dictionary(grouping: datasets, by: { opened[$0]?.manifestDigest }).values.map({
      ($0[0], $0.dropFirst())
    }) {
      guard let other = others.first else { continue }
      throw EvaluationError(
        .unfitDataset,
        "\(file.path): \(name) and \(other) are the same data set, \(opened[other]?.folder.path ?? "")")
    }
  }

  /// Opens what a row needs of its data set.
  ///
  /// - Throws: ``EvaluationError`` that names the row, where the data set does not fit it.
  package func open<Opened>(
    _ row: Row, in datasets: [String: Dataset], _ open: (Dataset) throws -> Opened
  ) throws -> Opened {
    guard let dataset = datasets[row.dataset] else {
      preconditionFailure("the data sets of a suite are checked before its rows are opened")
    }
    do { return try open(dataset) } catch let error as any ReportedError where !(error is FileError) {
      throw EvaluationError(.unfitDataset, "\(file.path): rows[\(row.index)] (\(row.name)): \(error)")
    }
  }
}
