package import Engine
import Randomness
package import Shards
package import Tasks
package import Threads

/// Training of one inner problem from its initialisation. The object holds the memory for it, and is for one thread.
package final class InnerTraining {
  private let problem: any InnerProblem
  private let plan: EvaluationPlan
  private let kernels: Kernels
  private let evaluator: any InnerEvaluator
  private let parameters: FloatBuffer
  private let gradient: FloatBuffer
  private var batch: Batch

  /// Allocates the memory for a problem and the minibatches of a plan.
  package init(_ problem: any InnerProblem, plan: EvaluationPlan, kernels: Kernels) {
    self.problem = problem
    self.plan = plan
    self.kernels = kernels
    evaluator = problem.makeEvaluator(batch: plan.batch, kernels: kernels)
    parameters = FloatBuffer(problem.layout.count)
    gradient = FloatBuffer(problem.layout.count)
    batch = Batch(size: plan.batch, shape: problem.shape)
  }

  /// Sets the parameters to an initialisation of a task.
  func begin(task: Int, initialisation: Int) {
    parameters.assign(
      problem.initialParameters(seed: plan.seed, index: UInt64(task), UInt64(initialisation)))
  }

  /// Takes the first part of an inner step: computes the gradient on the step's minibatch, and returns its loss.
  func differentiate(_ step: Int, of images: ShardBatches) -> Float {
    images.fill(&batch, for: .inner, step: step)
    evaluator.load(batch)
    return evaluator.gradient(at: parameters, into: gradient, keeping: false)
  }

  /// Takes the second part of an inner step: updates the parameters.
  func update(with optimizer: any InnerOptimizer) { optimizer.update(parameters, gradient: gradient) }

  /// Does the whole training run of one optimizer.
  /// - Parameters:
  ///   - task, initialisation: numbers of the run, from which minibatches and initial parameters follow.
  ///   - open: the task's images.
  ///   - stop: ends the run at the next step.
  ///   - counter: counts the steps.
  /// - Returns: the outcome; nil where the run was stopped.
  package func run(
    task: Int, initialisation: Int, open: TaskImages, with optimizer: any InnerOptimizer, stop: StopFlag = StopFlag(),
    counter: StepCounter? = nil
  ) -> RunOutcome? {
    let images = ShardBatches(
      open, batch: plan.batch, seed: plan.seed, indices: [UInt64(task), UInt64(initialisation)], counter: counter)
    begin(task: task, initialisation: initialisation)
    optimizer.reset()
    var curve: [Float] = []
    curve.reserveCapacity(plan.steps)
    let looks = Set(plan.looks ?? [])
    var seen: [Double] = []
    for number in 0..<plan.steps {
      if stop.isSet { return nil }
      if looks.contains(number) { seen.append(validation(open).loss) }
      let loss = differentiate(number, of: images)
      update(with: optimizer)
      guard loss.isFinite else { break }
      curve.append(min(loss, RunOutcome.divergedLoss))
    }
    let diverged = curve.count < plan.steps
    curve += repeatElement(RunOutcome.divergedLoss, count: plan.steps - curve.count)
    let (loss, accuracy) = diverged ? (Double(RunOutcome.divergedLoss), 0) : validation(open)
    seen += repeatElement(loss, count: looks.count - seen.count)
    return RunOutcome(
      curve: curve, validationLoss: loss, validationAccuracy: accuracy, validationCurve: plan.looks == nil ? nil : seen)
  }

  /// Returns mean loss and accuracy over all of a task's validation images.
  private func validation(_ open: TaskImages) -> (loss: Double, accuracy: Double) {
    let count = open.count(of: .validation)
    var loss = 0.0
    var correct = 0
    for start in stride(from: 0, to: count, by: plan.batch) {
      let size = min(plan.batch, count - start)
      var part = Batch(size: size, shape: problem.shape)
      open.copy(
        start..<start + size, of: .validation, scaling: .unit(open.shape), pixels: &part.pixels, labels: &part.labels)
      let evaluator = size == plan.batch ? evaluator : problem.makeEvaluator(batch: size, kernels: kernels)
      evaluator.load(part)
      let value = evaluator.value(at: parameters)
      loss += Double(value.isFinite ? min(value, RunOutcome.divergedLoss) : RunOutcome.divergedLoss) * Double(size)
      correct += evaluator.correct
    }
    return (loss / Double(count), Double(correct) / Double(count))
  }
}
