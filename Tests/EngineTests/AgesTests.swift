import TestSupport
import Testing
import Threads

@testable import Engine

/// Samples of tasks of different ages, weighted by how rare their ages are.
@Suite struct AgesTests {
  static let lives = [
    InnerSettings.Life(from: 50, to: 500, ages: .even), .init(from: 1, to: 3, ages: .even),
    .init(from: 7, to: 7, ages: .even), .init(from: 2, to: 2_000, ages: .even),
  ]
  static let count = 20_000

  static func drawn(_ life: InnerSettings.Life) -> [Int] {
    (0..<count).map { life.steps(worker: $0, draw: 1, seed: 3, isFirst: false) }
  }

  @Test(
    "the probability to live for longer than an age is how often that happens, within 4 standard errors",
    arguments: lives)
  func survival(life: InnerSettings.Life) {
    let drawn = Self.drawn(life)
    for age in Set([0, life.from - 1, life.from, life.from + 1, (life.from + life.to) / 2, life.to - 1, life.to]) {
      let expected = life.survival(beyond: age)
      let found = Double(drawn.count { $0 > age }) / Double(Self.count)
      let standardError = (expected * (1 - expected) / Double(Self.count)).squareRoot()
      #expect(abs(found - expected) <= 4 * standardError, "\(age): \(found), \(expected)")
    }
    #expect(life.survival(beyond: life.to) == 0 && life.survival(beyond: life.from - 1) == 1)
  }

  @Test(
    "every age counts 1 in expectation, up to that at which a tenth lives on; ten times the rest from there",
    arguments: [1, 7, 20])
  func flat(length: Int) {
    let life = Self.lives[0]
    let bins = 500 / (5 * length)
    var sums = [Double](repeating: 0, count: bins)
    var plain = sums
    for steps in Self.drawn(life) {
      for first in stride(from: 0, to: steps, by: length) {
        let length = min(length, steps - first)
        let bin = first / (500 / bins)
        guard bin < bins else { continue }
        sums[bin] += Double(length) * life.weight(firstStep: first, length: length)
        plain[bin] += Double(length)
      }
    }
    let width = 500 / bins
    for bin in 0..<bins {
      let ages = bin * width..<(bin + 1) * width
      let expected = ages.reduce(0) { $0 + min(1, 10 * life.survival(beyond: $1)) } / Double(width)
      let survival = life.survival(beyond: ages.upperBound - 1)
      // The weights of few tasks vary more: this is their standard error, or more.
      let standardError = 1 / (Double(Self.count) * max(survival, 0.001)).squareRoot()
      let found = sums[bin] / Double(Self.count * width)
      #expect(abs(found - expected) < 4 * standardError, "\(ages): \(found)")
    }
    #expect(plain[bins - 1] < 0.1 * plain[0], "without the weights late ages are rare")
  }

  @Test(
    "weights are 1 up to the shortest life, never above 10, and 1 where they are off or all lives are of one length")
  func weights() {
    let life = Self.lives[0]
    #expect(life.weight(firstStep: 0, length: 50) == 1)
    #expect(life.weight(firstStep: 499, length: 1) == 10 && life.weight(firstStep: 450, length: 50) == 10)
    for first in 0..<500 { #expect((1...10).contains(life.weight(firstStep: first, length: 500 - first))) }
    #expect(life.weight(firstStep: 158, length: 1) > 1.9 && life.weight(firstStep: 158, length: 1) < 2.1)
    let mean = (life.weight(firstStep: 158, length: 1) + life.weight(firstStep: 159, length: 1)) / 2
    #expect(abs(life.weight(firstStep: 158, length: 2) - mean) < 1e-12)
    for other in [InnerSettings.Life(from: 50, to: 500), .init(from: 500, to: 500, ages: .even)] {
      #expect((0..<500).allSatisfy { other.weight(firstStep: $0, length: 500 - $0) == 1 })
    }
  }

  @Test("a runner multiplies the sample, and nothing else of its results changes")
  func runner() throws {
    func run(_ ages: InnerSettings.Life.Ages) throws -> (Worker, WorkerResult) {
      var outer = OuterSettings.small
      outer.curriculum = .init(from: 5, to: 5, over: 1, jitter: 0)
      var inner = InnerSettings.small
      inner.batch = 4
      inner.life = .init(from: 10, to: 40, ages: ages)
      let runner = TruncationRunner(
        seed: 1, outer: outer, inner: inner, problems: [tinyProblem],
        estimator: outer.estimator.make(varianceFloor: 1e-8), kernels: .forTests)
      let task = try SyntheticTasks(shape: tinyProblem.shape).task(worker: 0, draw: 0)
      var state = runner.begin(task, worker: 0, after: Worker())
      (state.step, state.life) = (20, 40)
      return try #require(
        runner.truncation(
          worker: 0, outerIteration: 0, theta: inner.optimizer.initialTheta(seed: 1), state: state,
          task: task, stop: StopFlag()))
    }
    let (before, after) = (try run(.lives), try run(.even))
    let weight = InnerSettings.Life(from: 10, to: 40, ages: .even).weight(firstStep: 20, length: 5)
    #expect(weight > 2 && before.0 == after.0 && before.1.sample.loss == after.1.sample.loss)
    expectClose(
      after.1.sample.evolutionStrategies, before.1.sample.evolutionStrategies.map { weight * Double($0) }, "\(weight)")
  }
}
