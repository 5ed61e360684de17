import Engine
import Evaluation
import Files
import Foundation
import Settings
import Shards
import Tasks

/// The evaluation of θ on the rows of a suite, at the step scale 1, so that the best θ is the one that does well on problems
/// that it was not trained on.
extension OuterEvaluation {
  /// Opens the tasks of a suite.
  ///
  /// - Parameter datasets: the data set of each name that the suite needs.
  /// - Throws: `EvaluationError` where a data set does not fit its row, ``ConfigurationError`` where a row is not of
  ///   outer-validation classes.
  init(
    _ suite: Suite, datasets: [String: Dataset], _ configuration: Configuration, counter: StepCounter, threads: Int,
    kernels: Kernels
  ) throws {
    try suite.check(datasets)
    let runs = try suite.rows.flatMap { row -> [Run] in
      guard row.plan.split == .outerValidation else {
        throw ConfigurationError(
          \.evaluation.suite,
          "\(suite.file.path) has the row \(row.name) on the split \(row.plan.split.rawValue): θ is chosen on rows of "
            + "outer-validation alone, as what it is chosen on tells nothing of it later")
      }
      return try suite.open(row, in: datasets) { dataset -> [Run] in
        let plan = row.plan.untuned
        let (problem, tasks) = try plan.open(in: dataset)
        return tasks.enumerated().flatMap { number, open in
          (0..<plan.initialisations).map {
            Run(name: row.name, problem: problem, plan: plan, task: number, initialisation: $0, open: open)
          }
        }
      }
    }
    try self.init(
      runs, plans: suite.rows.map(\.plan.untuned), datasets: suite.rows.compactMap { datasets[$0.dataset] },
      isByProblem: true,
      split: .outerValidation, suite: suite, configuration, counter: counter, threads: threads, kernels: kernels)
  }

  /// Returns losses as θ is chosen by them: of a suite the mean is the geometric mean over the rows of the ratio to tuned
  /// Adam's loss; otherwise they are as they are.
  func scored(_ losses: Losses, against adam: BaselineLoss) -> Losses {
    guard suite != nil else { return losses }
    var scored = losses
    let ratios = losses.problems.sorted { $0.key < $1.key }.map { name, loss in
      EvaluationPlan.ratio([loss], to: [adam.problems?[name]?.loss ?? loss])
    }
    scored.mean = SuiteReport.geometricMean(ratios)
    return scored
  }
}

extension EvaluationPlan {
  /// The plan without what it says of tuning, on which the loss of θ does not depend.
  fileprivate var untuned: EvaluationPlan {
    var plan = self
    (plan.trials, plan.screen, plan.grid, plan.tunesLearned, plan.baselines) = (nil, nil, nil, nil, nil)
    return plan
  }
}

extension OuterEvaluation.Run {
  /// Returns an optimizer that follows the plan's schedule, of both the constant one.
  func paced(_ optimizer: any InnerOptimizer) -> any InnerOptimizer {
    guard let schedule = plan.schedules.first, schedule != .constant else { return optimizer }
    return PacedOptimizer(optimizer, scale: 1, schedule: schedule, steps: plan.steps)
  }
}
