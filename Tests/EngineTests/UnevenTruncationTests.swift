import TestSupport
import Testing
import Threads

@testable import Engine

/// Lives that are cut into truncations of unequal length, of which one member of a pair may diverge.
///
/// The state is linear, s ← a s + pₜ θ₀ + (1 − pₜ) θ₁ from 0, and a step counts ½ (s − 1)². A member whose θ₀ is above an
/// edge diverges in its second step. So the smoothed loss of a life has a closed form, but for one integral.
@Suite struct UnevenTruncationTests {
  static let decay = 0.8
  static let theta = [0.5, -0.3]
  static let sigma = 0.2
  static let clip = 10.0

  /// A life: the lengths of its truncations, and the edge.
  struct Life: Sendable, CustomTestStringConvertible {
    var lengths: [Int]
    var edge: Double
    var steps: Int { lengths.reduce(0, +) }
    var testDescription: String { "\(lengths), edge \(edge)" }

    /// The derivative of the state after each step by both coordinates of the θ of each truncation, [steps][truncations · 2].
    var sensitivities: [[Double]] {
      let truncations = lengths.enumerated().flatMap { Array(repeating: $0, count: $1) }
      var state = [Double](repeating: 0, count: 2 * lengths.count)
      return (0..<steps).map { step in
        state = state.map { decay * $0 }
        state[2 * truncations[step]] += share(step)
        state[2 * truncations[step] + 1] += 1 - share(step)
        return state
      }
    }
  }

  /// The share of θ₀ in a step's input.
  static func share(_ step: Int) -> Double { 1 / Double(1 + step) }

  static func unroll(_ life: Life, _ theta: [Float], _ inner: inout [Float], from first: Int, length: Int)
    -> Unroll.Result
  {
    var losses = [Float](repeating: Float(clip), count: length)
    for step in 0..<length {
      if first + step == 1, Double(theta[0]) > life.edge { return .init(losses: losses, steps: step, gradient: []) }
      let share = share(first + step)
      let state = decay * Double(inner[0]) + share * Double(theta[0]) + (1 - share) * Double(theta[1])
      inner[0] = Float(state)
      losses[step] = Float((state - 1) * (state - 1) / 2)
    }
    return .init(losses: losses, steps: length, gradient: [])
  }

  /// The gradient by θ of the smoothed sum of all steps' losses.
  static func expectation(_ kind: OuterSettings.Estimator, _ life: Life) -> [Double] {
    // The perturbations that count: of each truncation, or of the whole life.
    let sensitivities = life.sensitivities.map { row in
      guard kind == .noiseReuse else { return row }
      return (0..<2).map { coordinate in stride(from: coordinate, to: row.count, by: 2).reduce(0) { $0 + row[$1] } }
    }
    /// The smoothed loss, with the perturbation of θ₀ on which divergence depends as `epsilon`.
    func loss(_ theta: [Double], _ epsilon: Double) -> Double {
      let losses = sensitivities.map { row in
        let mean = row.indices.reduce(0) { $0 + row[$1] * theta[$1 % 2] } + row[0] * epsilon
        let variance = row.dropFirst().reduce(0) { $0 + $1 * $1 * sigma * sigma }
        return ((mean - 1) * (mean - 1) + variance) / 2
      }
      return theta[0] + epsilon > life.edge
        ? losses[0] + Double(losses.count - 1) * clip : losses.reduce(0, +)
    }
    /// Its integral over the normal distribution, by Simpson's rule on each side of the edge.
    func smoothed(_ theta: [Double]) -> Double {
      let edge = min(max((life.edge - theta[0]) / sigma, -8), 8)
      return [(-8.0, edge, -1e-12), (edge, 8.0, 1e-12)].reduce(0) { sum, side in
        let width = (side.1 - side.0) / 400
        return sum
          + (0...400).reduce(0) { sum, point in
            let z = side.0 + Double(point) * width + side.2
            let weight = point == 0 || point == 400 ? 1.0 : point % 2 == 1 ? 4 : 2
            return sum + weight * exponential(-z * z / 2) * loss(theta, sigma * z)
          } * width / 3 / (2 * Double.pi).squareRoot()
      }
    }
    return theta.indices.map { coordinate in
      var (up, down) = (theta, theta)
      up[coordinate] += 1e-4
      down[coordinate] -= 1e-4
      return (smoothed(up) - smoothed(down)) / 2e-4
    }
  }

  /// The sum of a life's samples, times the curriculum's length.
  static func samples(
    _ kind: OuterSettings.Estimator, _ life: Life, _ settings: OuterSettings, seed: UInt64,
    sigmas: [Float] = [], forgets: Bool = false
  ) -> [Double] {
    var state = Worker()
    state.life = life.steps
    state.inner = [0]
    var sum = [0.0, 0.0]
    for (number, length) in life.lengths.enumerated() where state.step < state.life {
      let pair = AntitheticPair(
        estimator: kind.make(varianceFloor: 1e-8), sigma: sigmas.isEmpty ? Float(sigma) : sigmas[number], seed: seed,
        worker: 0, divergedLoss: settings.countDivergenceToEnd ? Float(clip) : nil)
      if forgets { state.sigma = nil }
      let first = state.step
      let truncation = pair.truncation(
        of: state, length: length, weight: settings.weight(length: length, outerIteration: 0),
        theta: theta.map { Float($0) }
      ) { unroll(life, $0, &$1, from: first, length: length) }
      guard let truncation else { return [.nan, .nan] }
      state = truncation.next
      for coordinate in 0..<2 {
        sum[coordinate] +=
          settings.curriculum.length(outerIteration: 0) * Double(truncation.sample.evolutionStrategies[coordinate])
      }
    }
    return sum
  }

  /// The largest distance of the mean over many lives from an expectation, in standard errors.
  static func distance(from expectation: [Double], _ samples: (UInt64) -> [Double]) -> Double {
    let count = 2_000
    let all = (0..<count).map { samples(UInt64($0)) }
    return expectation.indices.map { coordinate in
      let moments = SampleMoments(all.map { $0[coordinate] })
      return abs(moments.mean - expectation[coordinate]) / (moments.variance / Double(count)).squareRoot()
    }.max() ?? .nan
  }

  static func settings(byLength: Bool = true, toEnd: Bool = true, length: Int = 8) -> OuterSettings {
    var settings = OuterSettings.small
    settings.curriculum = .init(from: length, to: length, over: 1, jitter: 0)
    settings.weightByLength = byLength
    settings.countDivergenceToEnd = toEnd
    return settings
  }

  @Test(
    "samples weighted by length are, in expectation, the gradient of whole lives, within 4 standard errors",
    arguments: [OuterSettings.Estimator.pes, .noiseReuse],
    [
      Life(lengths: [2, 14], edge: 0.6), Life(lengths: [3, 1, 4], edge: 0.4), Life(lengths: [8], edge: 0.6),
    ])
  func wholeLives(kind: OuterSettings.Estimator, life: Life) {
    let expectation = Self.expectation(kind, life)
    #expect(Self.distance(from: expectation) { Self.samples(kind, life, Self.settings(), seed: $0) } < 4)
  }

  @Test(
    "without the weights, and where divergence is not counted to the end, they are not",
    arguments: [OuterSettings.Estimator.pes, .noiseReuse])
  func without(kind: OuterSettings.Estimator) {
    let life = Life(lengths: [2, 14], edge: 0.6)
    let expectation = Self.expectation(kind, life)
    for settings in [Self.settings(byLength: false), Self.settings(toEnd: false)] {
      #expect(Self.distance(from: expectation) { Self.samples(kind, life, settings, seed: $0) } > 5)
    }
    // The weights matter where nothing diverges, too.
    let sound = Life(lengths: [2, 14], edge: .infinity)
    let other = Self.expectation(kind, sound)
    #expect(Self.distance(from: other) { Self.samples(kind, sound, Self.settings(byLength: false), seed: $0) } > 5)
  }

  @Test(
    "σ that changes within a life leaves the gradient what it is, as each perturbation counts with its own σ",
    arguments: [OuterSettings.Estimator.pes, .noiseReuse], [[Float(0.1), 0.3]])
  func changedSigma(kind: OuterSettings.Estimator, sigmas: [Float]) {
    let life = Life(lengths: [2, 6], edge: .infinity)
    let expectation = Self.expectation(kind, life)
    func distance(forgets: Bool) -> Double {
      Self.distance(from: expectation) {
        Self.samples(kind, life, Self.settings(), seed: $0, sigmas: sigmas, forgets: forgets)
      }
    }
    #expect(distance(forgets: false) < 4)
    if kind == .pes { #expect(distance(forgets: true) > 5, "a worker that does not know its σ") }
  }

  @Test("a perturbation that is reused keeps the σ with which its task began; the next task has the new one")
  func reusedSigma() throws {
    var state = Worker()
    (state.life, state.inner) = (2, [0])
    var thetas: [Float] = []
    for sigma in [0.1, 0.4] as [Float] {
      let pair = AntitheticPair(
        estimator: EvolutionStrategiesEstimator(perturbation: .reused), sigma: sigma, seed: 1, worker: 0)
      let truncation = pair.truncation(of: state, length: 1, theta: [0]) { theta, _ in
        thetas.append(theta[0])
        return .init(losses: [theta[0]], steps: 1, gradient: [])
      }
      state = try #require(truncation).next
      #expect(state.sigma == 0.1)
    }
    #expect(thetas[0] == thetas[2] && thetas[1] == thetas[3] && thetas[0] == -thetas[1])
  }

  /// Runs truncations of two steps, in which the members diverge that a truncation's entry names.
  private func pairs(
    _ kind: OuterSettings.Estimator, _ diverging: [[Worker.Member]], divergedLoss: Float? = 10
  ) throws -> [(truncation: AntitheticPair.Truncation, runs: Int)] {
    let pair = AntitheticPair(
      estimator: kind.make(varianceFloor: 1e-8), sigma: 0.1, seed: 1, worker: 0, divergedLoss: divergedLoss)
    var state = Worker()
    (state.life, state.inner) = (100, [0])
    return try diverging.map { members in
      var runs = 0
      // Of a perturbed θ the first run is the + member's, unless that has diverged before.
      var left: [Worker.Member] = state.diverged == .plus && kind != .es ? [.minus] : [.plus, .minus]
      let truncation = pair.truncation(of: state, length: 2, theta: [0]) { _, inner in
        runs += 1
        inner[0] += 1
        let steps = members.contains(left.removeFirst()) ? 1 : 2
        return .init(losses: [1, steps == 1 ? 10 : 1], steps: steps, gradient: [0])
      }
      state = try #require(truncation).next
      return (try #require(truncation), runs)
    }
  }

  @Test("one that has diverged computes nothing and counts the clip; the other goes on; where both have, the task ends")
  func goesOn() throws {
    for kind in [OuterSettings.Estimator.pes, .noiseReuse] {
      for (lost, other) in [(Worker.Member.plus, Worker.Member.minus), (.minus, .plus)] {
        let found = try pairs(kind, [[], [lost], [], [other]])
        #expect(found.map(\.runs) == [2, 2, 1, 1])
        #expect(found.map(\.truncation.diverged) == [false, true, false, true])
        #expect(found.map(\.truncation.next.step) == [2, 4, 6, 100])
        #expect(found.map(\.truncation.next.diverged) == [nil, lost, lost, nil])
        #expect(found.map(\.truncation.innerSteps) == [4, 3, 2, 1])
        let third = found[2].truncation.sample
        #expect((lost == .plus ? third.lossPlus : third.lossMinus) == 10)
        #expect((lost == .plus ? third.lossMinus : third.lossPlus) == 1)
        #expect(found[3].truncation.sample.loss == 7.75)
      }
      let both = try pairs(kind, [[.plus, .minus]])
      #expect(both[0].truncation.next.step == 100 && both[0].truncation.diverged)
    }
  }

  @Test("where both members begin from the + member's state, the task ends with that one only")
  func fresh() throws {
    for kind in [OuterSettings.Estimator.es, .combined, .reparameterization] {
      let found = try pairs(kind, [[.minus], [], [.plus]])
      #expect(found.map(\.runs) == [2, 2, 2])
      #expect(found.map(\.truncation.next.step) == [2, 4, 100])
      #expect(found.allSatisfy { $0.truncation.next.diverged == nil })
    }
  }

  @Test("by default a task ends with a member's divergence, whatever the estimator")
  func ends() throws {
    for kind in OuterSettings.Estimator.allCases where kind != .exact {
      for lost in [Worker.Member.plus, .minus] {
        let found = try pairs(kind, [[lost]], divergedLoss: nil)
        #expect(found[0].truncation.next.step == 100 && found[0].truncation.next.diverged == nil)
      }
    }
  }

  @Test("a runner weights its samples by length over the curriculum's, and nothing else of its results changes")
  func runner() throws {
    func run(byLength: Bool) throws -> (Worker, WorkerResult) {
      var outer = Self.settings(byLength: byLength, length: 7)
      outer.estimator = .combined
      var inner = InnerSettings.small
      inner.batch = 4
      inner.life = .init(from: 4, to: 4)
      let runner = TruncationRunner(
        seed: 1, outer: outer, inner: inner, problems: [tinyProblem],
        estimator: outer.estimator.make(varianceFloor: 1e-8), kernels: .forTests)
      let task = try SyntheticTasks(shape: tinyProblem.shape).task(worker: 0, draw: 0)
      var began = Worker()
      (began.step, began.life) = (1, 1)
      return try #require(
        runner.truncation(
          worker: 0, outerIteration: 0, theta: inner.optimizer.initialTheta(seed: 1),
          state: runner.begin(task, worker: 0, after: began), task: task, stop: StopFlag()))
    }
    let (before, after) = (try run(byLength: false), try run(byLength: true))
    #expect(before.0 == after.0 && before.0.step == 4)
    #expect(before.1.sample.loss == after.1.sample.loss)
    for gradient in [\OuterGradientSample.reparameterization, \.evolutionStrategies] {
      expectClose(
        after.1.sample[keyPath: gradient], before.1.sample[keyPath: gradient].map { Double($0) * 4 / 7 }, "\(gradient)")
    }
  }
}
