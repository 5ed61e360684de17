import Engine
import Files

/// The tuning of the baselines' hyperparameters, and of the learned optimizer's step scale.
///
/// Candidates are a grid of learning rates or of step scales, which widens while its best is at an end, and random trials
/// of a baseline where they are asked for. They are compared on everything, or the best few of a screening are.
extension Evaluation {
  /// The number of runs of all optimizers, as long as no grid widens.
  var expectedRuns: Int { expectedRunsByKind.learned + expectedRunsByKind.baselines }

  /// The number of runs of the learned optimizer and of all baselines, as long as no grid widens.
  var expectedRunsByKind: (learned: Int, baselines: Int) {
    let everything = plan.everything.count
    func tuned(_ candidates: Int) -> Int {
      plan.screening.map { $0.count * candidates + (everything - $0.count) * EvaluationPlan.finalists }
        ?? everything * candidates
    }
    let learned = everything + (plan.tunesLearned == true ? tuned(plan.firstScales.count) : 0)
    let baseline = tuned(plan.firstGrid.count + (plan.trials ?? 0))
    let schedules = plan.schedules.count
    return (schedules * learned, schedules * plan.comparedBaselines.count * baseline)
  }

  /// Returns a baseline with its best hyperparameters, or the learned optimizer with its best step scale, and its runs on
  /// everything.
  func tune(
    _ kind: Contender.Kind, under schedule: StepSchedule = .constant, _ progress: Files.Progress
  ) throws -> (Contender, [RunOutcome]) {
    let candidates = try candidates(kind, under: schedule, for: plan.tunedFor, progress)
    guard let screening = plan.screening else { return best(1, of: candidates, for: plan.tunedFor)[0] }
    let finalists = best(EvaluationPlan.finalists, of: candidates, for: plan.tunedFor).map(\.0)
    let found = zip(finalists, try outcomes(finalists, of: plan.everything, after: screening, progress))
    return best(1, of: Array(found), for: plan.tunedFor)[0]
  }

  /// Returns all candidates of an optimizer, with their runs of the screening, or on everything where there is none.
  func candidates(
    _ kind: Contender.Kind, under schedule: StepSchedule = .constant, for objective: Objective,
    _ progress: Files.Progress
  ) throws -> [(Contender, [RunOutcome])] {
    let runs = plan.screening ?? plan.everything
    let grid = try grid(kind, under: schedule, for: objective, on: runs, progress)
    // All that there is to tune of the learned optimizer is in its grid.
    guard !kind.isLearned, let count = plan.trials else { return grid }
    let trials = (0..<count).map { Contender(kind: kind, trial: $0, seed: plan.seed, schedule: schedule) }
    return try grid + zip(trials, outcomes(trials, of: runs, progress))
  }

  /// Returns the rates or the step scales of a grid, in their order, with their runs. The grid widens while its best is
  /// at an end.
  private func grid(
    _ kind: Contender.Kind, under schedule: StepSchedule, for objective: Objective, on runs: RunSet,
    _ progress: Files.Progress
  ) throws -> [(Contender, [RunOutcome])] {
    var exponents = kind.isLearned ? plan.firstScales : plan.firstGrid
    let widest = kind.widestGrid
    var known: [Int: (Contender, [RunOutcome])] = [:]
    while true {
      let missing = exponents.filter { known[$0] == nil }
      if !known.isEmpty { progress.expect(missing.count * runs.count * plan.steps, weight: weight(kind)) }
      let contenders = missing.map { Contender(kind: kind, gridExponent: $0, schedule: schedule) }
      let outcomes = try outcomes(contenders, of: runs, progress)
      for (index, exponent) in missing.enumerated() { known[exponent] = (contenders[index], outcomes[index]) }
      let losses = exponents.map { known[$0].map { loss($0.1, objective) } ?? .infinity }
      let best = exponents.lowerBound + (losses.indices.min { losses[$0] < losses[$1] } ?? 0)
      if best == exponents.lowerBound && best > widest.lowerBound {
        exponents = (best - 3)...exponents.upperBound
      } else if best == exponents.upperBound && best < widest.upperBound {
        exponents = exponents.lowerBound...(best + 3)
      } else {
        return exponents.compactMap { known[$0] }
      }
    }
  }

  /// Returns the `count` candidates of the lowest mean loss, the lowest first; of equals, the first first.
  func best(
    _ count: Int, of candidates: [(Contender, [RunOutcome])], for objective: Objective
  ) -> [(Contender, [RunOutcome])] {
    let losses = candidates.map { loss($0.1, objective) }
    let order = candidates.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }
    return order.prefix(count).map { candidates[$0] }
  }

  /// Returns the mean loss by which hyperparameters are chosen.
  private func loss(_ outcomes: [RunOutcome], _ objective: Objective) -> Double {
    outcomes.reduce(0) { $0 + $1.loss(objective, tail: plan.tail) } / Double(outcomes.count)
  }
}
