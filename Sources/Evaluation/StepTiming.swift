import Engine
import Shards
import Tasks

/// How long one inner step of each optimizer takes, in a pass of its own on one thread: the optimizers take turns, so
/// that a machine that changes its speed does so for all of them.
struct StepTiming {
  var plan: EvaluationPlan
  var problem: any InnerProblem
  var task: TaskImages

  /// Steps of each that are timed.
  private static let rounds = 301

  /// The medians of each.
  func medians(_ optimizers: [any InnerOptimizer]) throws -> [StepTime] {
    let trainings = optimizers.map { optimizer in
      let training = InnerTraining(problem, plan: plan)
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
