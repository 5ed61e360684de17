import Engine
package import Files
import Tasks

/// Losses over the whole of training runs, for comparing optimizers at equal wall-clock.
///
/// The plan must have looks. The journal stays until it is forgotten.
extension Evaluation {
  /// The cost of all runs of one contender, in inner steps.
  package var costOfContender: Int { plan.everything.count * plan.steps }

  /// The cost of all runs of a baseline's candidates, in inner steps, as long as its grid does not widen.
  package var costOfCandidates: Int { plan.firstGrid.count * costOfContender }

  /// Returns the learned optimizer's losses, after training what the journal does not have.
  ///
  /// - Parameters:
  ///   - mark: the step at which each run's losses are told, one of the plan's looks.
  ///   - progress: counts inner steps.
  package func learnedCurves(mark: Int, _ progress: Files.Progress) throws -> LossCurves {
    try lossCurves([Contender(kind: .learned)], mark: mark, progress)[0]
  }

  /// Returns a baseline's best three candidates for the training loss and its best three for the validation loss, by
  /// the runs of this evaluation: three to six, those for the training loss first.
  package func finalists(_ kind: Contender.Kind, _ progress: Files.Progress) throws -> [Contender] {
    let quiet = Files.Progress("evaluating", unit: "inner steps", total: nil, display: .none)
    var found: [Contender] = []
    for objective in Objective.allCases {
      // The second time the grid's runs are known, and have been counted.
      let candidates = try candidates(kind, for: objective, found.isEmpty ? progress : quiet)
      found += best(EvaluationPlan.finalists, of: candidates, for: objective).map(\.0).filter { !found.contains($0) }
    }
    return found
  }

  /// Returns each contender's losses; the arguments are those of ``learnedCurves(mark:_:)``.
  package func lossCurves(_ contenders: [Contender], mark: Int, _ progress: Files.Progress) throws -> [LossCurves] {
    zip(contenders, try outcomes(contenders, of: plan.everything, progress)).map {
      LossCurves($0, $1, plan: plan, mark: mark)
    }
  }

  /// Measures the time of a step with the learned optimizer of each of `evaluations`, and then with each baseline.
  ///
  /// The evaluations are of the same problem and data set. Those of one architecture are timed as one. The rate of a
  /// baseline does not matter.
  /// - Returns: the times of the evaluations, in order, and then of the baselines, in the order of
  ///   ``Contender/Kind/defaultBaselines``.
  package static func stepTimes(_ evaluations: [Evaluation]) throws -> [StepTime] {
    guard let first = evaluations.first else { return [] }
    var timed: [Evaluation] = []
    for evaluation in evaluations
    where !timed.contains(where: { $0.snapshot.architecture == evaluation.snapshot.architecture }) {
      timed.append(evaluation)
    }
    let baselines = Contender.Kind.defaultBaselines.map { first.optimizer(Contender(kind: $0, gridExponent: -6)) }
    let times = try StepTiming(plan: first.plan, problem: first.problem, task: first.tasks[0], kernels: first.kernels)
      .medians(timed.map { $0.optimizer(Contender(kind: .learned)) } + baselines)
    let learned = evaluations.compactMap { evaluation in
      timed.firstIndex { $0.snapshot.architecture == evaluation.snapshot.architecture }.map { times[$0] }
    }
    return learned + times.suffix(baselines.count)
  }
}
