import Engine
import Shards

/// Seconds of one inner step of each optimizer, in a pass of its own on one thread: the optimizers take turns, so that a
/// machine that changes its speed does so for all of them.
struct StepTiming {
  var plan: EvaluationPlan
  var problem: any InnerProblem
  var task: OpenTask

  /// Steps of each that are timed.
  private static let rounds = 301

  /// The median of each.
  func medians(_ optimizers: [any InnerOptimizer]) throws -> [Double] {
    let trainings = optimizers.map { optimizer in
      let training = InnerTraining(problem, plan: plan)
      training.begin(task: 0, initialisation: 0)
      optimizer.reset()
      return (training, optimizer, ShardTask(task, batch: plan.batch, seed: plan.seed, indices: [0, 0]))
    }
    var times = optimizers.map { _ in [Double]() }
    for round in 0..<Self.rounds {
      for (index, (training, optimizer, images)) in trainings.enumerated() {
        let started = ContinuousClock.now
        _ = training.step(round, of: images, with: optimizer)
        times[index].append((ContinuousClock.now - started) / .seconds(1))
      }
    }
    return times.map { $0.sorted()[Self.rounds / 2] }
  }
}
