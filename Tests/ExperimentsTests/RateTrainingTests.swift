import Engine
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Experiments

/// Training by Adam and its derivative by the log learning rate.
@Suite struct RateTrainingTests {
  private let instance = InnerInstance.tinyRegression

  private func loss(_ logRate: Double, steps: Int) throws -> Double {
    try RateTraining(instance, task: 0, seed: 1, kernels: .forTests).truncation(
      length: steps, logRate: logRate, derivative: false
    ).loss
  }

  @Test("the losses of a rate's training are those of the engine's Adam")
  func engine() throws {
    let steps = 40
    let parameters = FloatBuffer(instance.problem.initialParameters(seed: 1, index: 3))
    let gradient = FloatBuffer(parameters.count)
    let evaluator = instance.problem.makeEvaluator(batch: instance.batch, kernels: .forTests)
    let adam = Adam(count: parameters.count, rate: 0.01, kernels: .forTests)
    let images = try instance.images(3)
    var batch = Batch(size: instance.batch, shape: instance.problem.shape)
    var sum = 0.0
    for step in 0..<steps {
      images.fill(&batch, for: .inner, step: step)
      evaluator.load(batch)
      sum += Double(evaluator.gradient(at: parameters, into: gradient))
      adam.update(parameters, gradient: gradient)
    }
    let training = try RateTraining(instance, task: 3, seed: 1, kernels: .forTests)
    let own = training.truncation(length: steps, logRate: log(0.01), derivative: true)
    #expect(abs(own.loss - sum / Double(steps)) < 1e-4)
  }

  @Test("the derivative of a whole run is that of central differences", arguments: [2, 10, 40])
  func differences(steps: Int) throws {
    let training = try RateTraining(instance, task: 0, seed: 1, kernels: .forTests)
    let slope = training.truncation(length: steps, logRate: log(0.003), derivative: true).gradient
    let h = 0.02
    let difference = try (loss(log(0.003) + h, steps: steps) - loss(log(0.003) - h, steps: steps)) / (2 * h)
    #expect(abs(slope - difference) < 0.02 * abs(difference))
  }

  @Test("truncations go on from one another, and each one's derivative forgets the steps before it")
  func truncations() throws {
    let training = try RateTraining(instance, task: 0, seed: 1, kernels: .forTests)
    let parts = (0..<4).map { _ in training.truncation(length: 10, logRate: log(0.003), derivative: true) }
    #expect(abs(parts.reduce(0) { $0 + $1.loss } / 4 - (try loss(log(0.003), steps: 40))) < 1e-5)
    // The last truncation's state held fixed: the run up to it at the old rate, from there at the new one.
    func last(_ logRate: Double) throws -> Double {
      let run = try RateTraining(instance, task: 0, seed: 1, kernels: .forTests)
      _ = run.truncation(length: 30, logRate: log(0.003), derivative: false)
      return run.truncation(length: 10, logRate: logRate, derivative: false).loss
    }
    let h = 0.05
    let difference = try (last(log(0.003) + h) - last(log(0.003) - h)) / (2 * h)
    #expect(abs(parts[3].gradient - difference) < 0.05 * abs(difference))
    // A truncation of one step has no derivative: its loss is that before the update.
    #expect(training.truncation(length: 1, logRate: log(0.003), derivative: true).gradient == 0)
  }

  @Test("a learning rate that diverges counts the clip with gradient 0, and no number that is not finite")
  func divergence() throws {
    let training = try RateTraining(.tiny, task: 0, seed: 1, kernels: .forTests)
    let first = training.truncation(length: 20, logRate: 80, derivative: true)
    let second = training.truncation(length: 20, logRate: 80, derivative: true)
    #expect(first.loss > 5 && first.loss.isFinite && first.gradient.isFinite)
    #expect(second.loss == RateTraining.clip && second.gradient == 0)
  }

  @Test("PES over short truncations has the whole run's gradient as its mean; the short exact one has not")
  func persistent() throws {
    let (steps, length, pairs) = (40, 5, 300)
    let logRate = log(0.003)
    let whole = try RateTraining(instance, task: 0, seed: 1, kernels: .forTests)
      .truncation(length: steps, logRate: logRate, derivative: true).gradient
    let short = try RateTraining(instance, task: 0, seed: 1, kernels: .forTests)
    let truncated =
      (0..<steps / length).reduce(0) { sum, _ in
        sum + short.truncation(length: length, logRate: logRate, derivative: true).gradient
      } / Double(steps / length)
    let estimates = try (0..<pairs).map { pair in
      var random = RandomStream(seed: 5, purpose: .test, UInt64(pair))
      let persistent = try PersistentPairs(instance, task: 0, seed: 1, pairs: 1, sigma: 0.02, kernels: .forTests)
      return (0..<steps / length).reduce(0) { sum, _ in
        sum + persistent.truncation(length: length, logRate: logRate, random: &random).gradient
      } / Double(steps / length)
    }
    let mean = estimates.reduce(0, +) / Double(pairs)
    let variance = estimates.reduce(0) { $0 + pow($1 - mean, 2) } / Double(pairs - 1)
    let error = (variance / Double(pairs)).squareRoot()
    #expect(abs(mean - whole) < 4 * error)
    #expect(abs(mean - truncated) > 4 * error)
  }
}
