import Engine
import Shards
import Tasks

/// A measurement of the time of one inner step of each optimizer, in a pass of its own on one thread.
///
/// The optimizers take turns, so that a machine that changes its speed does so for all of them.
struct StepTiming {
  var plan: EvaluationPlan
  var problem: any InnerProblem
  var task: TaskImages
  var kernels: Kernels

  /// The number of steps of each optimizer that are timed.
  private static let rounds = 301

  /// Returns the median times of each optimizer.
  func medians(_ optimizers: [any InnerOptimizer]) throws -> [StepTime] {
    let trainings = optimizers.map { optimizer in
      let training = InnerTraining(problem, plan: plan, kernels: kernels)
      training.begin(task: 0, initialisation: 0)
      optimizer.reset()
      return (training, optimizer, ShardBatches(task, batch: plan.batch, seed: plan.seed, indices: [0, 0]))
    }
    var steps = optimizers.map { _ in [Double]() }
    var updates = steps
    for round in 0..<Self.rounds {
      for (index, (training, optimizer, images)) in trainings.enumerated() {
        let started = ContinuousClock.now
        _ = training.differentiate(round, of: images)
        let differentiated = ContinuousClock.now
        training.update(with: optimizer)
        let ended = ContinuousClock.now
        steps[index].append((ended - started) / .seconds(1))
        updates[index].append((ended - differentiated) / .seconds(1))
      }
    }
    func median(_ values: [Double]) -> Double { values.sorted()[Self.rounds / 2] }
    return zip(steps, updates).map { StepTime(seconds: median($0), updateSeconds: median($1)) }
  }
}
