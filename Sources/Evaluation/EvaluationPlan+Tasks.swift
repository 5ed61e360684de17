package import Engine
import Files
import Foundation
package import Shards
import Tasks

extension EvaluationPlan {
  /// Opens the problem and the tasks in a data set.
  ///
  /// - Throws: ``EngineError`` where the problem does not fit the data set, ``ShardsError`` or ``EvaluationError`` where
  ///   the split has too few classes or images.
  package func open(in dataset: Dataset) throws -> (problem: any InnerProblem, tasks: [TaskImages]) {
    let problem = try InnerProblems.named(problem)
    guard problem.shape == dataset.imageShape else {
      throw EngineError(
        .wrongShape,
        "\(dataset.folder.path): \(problem.name) takes images of \(problem.shape), these are \(dataset.imageShape)")
    }
    let tasks = try (0..<tasks).map { index in
      let task = try dataset.open(
        dataset.sampleTask(split: split, classes: problem.classes, seed: seed, index: index))
      guard task.count(of: .train) > 0, task.count(of: .validation) > 0 else {
        throw EvaluationError(
          .noImages,
          "\(dataset.folder.path): task \(index) has \(task.count(of: .train)) training and "
            + "\(task.count(of: .validation)) validation images; an evaluation needs both")
      }
      return task
    }
    return (problem, tasks)
  }
}
