import Randomness
import Testing

@testable import Engine

/// What every estimator must do: on L(θ) = Σ aᵢ cos(ωᵢ θᵢ), whose gradient is −aᵢ ωᵢ sin(ωᵢ θᵢ), and smoothed that times
/// exp(−ωᵢ²σ²/2).
@Suite struct EstimatorTests {
  static let sigma: Float = 0.5
  static let amplitudes: [Double] = [1, -2, 0.5, 3]
  static let frequencies: [Double] = [2, 1.5, 2.5, 1]
  static let theta: [Float] = [0.3, -1, 0.7, 2]

  static func loss(_ theta: [Float]) -> Double {
    theta.indices.reduce(0) { $0 + amplitudes[$1] * cosine(frequencies[$1] * Double(theta[$1])) }
  }

  static func gradient(_ theta: [Float]) -> [Double] {
    theta.indices.map { -amplitudes[$0] * frequencies[$0] * sine(frequencies[$0] * Double(theta[$0])) }
  }

  static var smoothed: [Double] {
    zip(gradient(theta), frequencies).map { $0 * exponential(-$1 * $1 * Double(sigma * sigma) / 2) }
  }

  /// `count` workers' first truncations, of one step.
  static func samples(_ count: Int, seed: UInt64, of kind: OuterSettings.Estimator = .combined) -> [OuterGradientSample]
  {
    let estimator = kind.make(varianceFloor: 1e-8)
    return (0..<count).compactMap { worker in
      let pair = AntitheticPair(estimator: estimator, sigma: sigma, seed: seed, worker: worker)
      return pair.truncation(of: Worker(), length: 1, theta: theta) { theta, _ in
        Unroll.Result(losses: [Float(loss(theta))], steps: 1, gradient: gradient(theta).map { Float($0) })
      }?.sample
    }
  }

  static func moments(_ kind: OuterSettings.Estimator) -> [SampleMoments] {
    let estimates = (0..<2_000).map { kind.make(varianceFloor: 1e-8).estimate(samples(8, seed: UInt64($0), of: kind)) }
    return theta.indices.map { coordinate in SampleMoments(estimates.map { $0[coordinate] }) }
  }

  @Test(
    "an estimator's mean is the smoothed gradient, within 4 standard errors; that of the exact one is the raw gradient",
    arguments: OuterSettings.Estimator.allCases)
  func bias(kind: OuterSettings.Estimator) {
    let expectation = kind == .exact ? Self.gradient(Self.theta) : Self.smoothed
    // The weights of the combined one depend on the samples that they weigh: its bias over 8 pairs is at most this.
    let allowed = kind == .combined ? 0.05 * norm(Self.smoothed) : 1e-6
    for (moments, expected) in zip(Self.moments(kind), expectation) {
      let standardError = (moments.variance / 2_000).squareRoot()
      #expect(abs(moments.mean - expected) < 4 * standardError + allowed)
    }
  }

  @Test(
    "an estimate has one number for each coordinate, and the same bits again",
    arguments: OuterSettings.Estimator.allCases)
  func repeatable(kind: OuterSettings.Estimator) {
    let samples = Self.samples(5, seed: 1, of: kind)
    let estimate = kind.make(varianceFloor: 1e-8).estimate(samples)
    #expect(estimate.count == Self.theta.count)
    #expect(estimate == kind.make(varianceFloor: 1e-8).estimate(samples))
  }

  @Test(
    "where all samples agree the estimate is theirs, from the fewest pairs on",
    arguments: OuterSettings.Estimator.allCases)
  func agreement(kind: OuterSettings.Estimator) {
    let estimator = kind.make(varianceFloor: 1e-8)
    let sample = OuterGradientSample(
      lossPlus: 2, lossMinus: 1, reparameterization: [0.5, -3, 0], evolutionStrategies: [0.5, -3, 0])
    for count in [estimator.fewestPairs, 7] {
      #expect(estimator.estimate(Array(repeating: sample, count: count)) == [0.5, -3, 0])
    }
  }

  @Test(
    "only an estimator that needs back-propagation uses its result, and no estimate is other than finite",
    arguments: OuterSettings.Estimator.allCases)
  func reverse(kind: OuterSettings.Estimator) {
    let estimator = kind.make(varianceFloor: 1e-8)
    let samples = Self.samples(5, seed: 1, of: kind)
    var changed = samples
    for number in samples.indices {
      changed[number].reparameterization = estimator.needsReverse ? [.nan, .infinity, -.infinity, 1] : []
    }
    let estimate = estimator.estimate(changed)
    #expect((estimate == estimator.estimate(samples)) == !estimator.needsReverse)
    #expect(estimate.allSatisfy { $0.isFinite })
  }

  @Test("the combined estimator varies no more than either of the two")
  func variance() {
    let either = zip(Self.moments(.reparameterization), Self.moments(.es))
    for (both, (exact, es)) in zip(Self.moments(.combined), either) {
      #expect(both.variance < 1.1 * min(exact.variance, es.variance))
    }
  }

  @Test(
    "the combined estimator agrees with its formula, at variances twenty orders of magnitude apart",
    arguments: [-20, -10, 0, 10, 20])
  func formula(exponent: Int) {
    let scale = (0..<abs(exponent)).reduce(1.0) { product, _ in product * (exponent < 0 ? 0.1 : 10) }.squareRoot()
    let exact: [Float] = [1, 2, 4, 5].map { Float(3 + ($0 - 3) * scale) }
    let es: [Float] = [2, -1, 0, 3]
    let samples = zip(exact, es).map {
      OuterGradientSample(lossPlus: 0, lossMinus: 0, reparameterization: [$0], evolutionStrategies: [$1])
    }
    func moments(_ x: [Float]) -> (Double, Double) {
      let mean = x.reduce(0) { $0 + Double($1) } / 4
      return (mean, x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 3 + 1e-8)
    }
    let (rp, rpVariance) = moments(exact)
    let (esMean, esVariance) = moments(es)
    let expected = (rp / rpVariance + esMean / esVariance) / (1 / rpVariance + 1 / esVariance)
    let found = CombinedEstimator(varianceFloor: 1e-8).estimate(samples)[0]
    #expect(abs(found - expected) <= 1e-9 * max(abs(expected), 1))
  }

  @Test(
    "a coordinate with one sample that is not finite takes evolution strategies alone",
    arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    let samples = [[1, value], [2, 5], [3, 6]].map {
      OuterGradientSample(lossPlus: 0, lossMinus: 0, reparameterization: $0, evolutionStrategies: [4, 7])
    }
    let estimate = CombinedEstimator().estimate(samples)
    #expect(estimate[1] == 7)
    #expect(estimate[0].isFinite)
    #expect(ExactEstimator(perturbation: .fresh).estimate(samples) == [2, 0])
  }

  @Test("a report's variances are those of the samples, summed over θ; its weight is the combined estimator's")
  func reportedVariance() {
    let samples = [[1, 4], [2, 0], [3, 8]].map { (exact: [Float]) in
      OuterGradientSample(lossPlus: 0, lossMinus: 0, reparameterization: exact, evolutionStrategies: [0, exact[0]])
    }
    let variance = OuterGradientVariance(samples, varianceFloor: 1e-8)
    #expect(variance.reparameterization == 17.0)
    #expect(variance.evolutionStrategies == 1.0)
    let weights = [1e-8 / (1 + 2e-8), (1 + 1e-8) / (17 + 2e-8)]
    #expect(abs((variance.reparameterizationWeight ?? 0) - (weights[0] + weights[1]) / 2) < 1e-12)
    #expect(
      OuterGradientVariance(Array(samples.prefix(1)), varianceFloor: 1e-8)
        == OuterGradientVariance([], varianceFloor: 0))
    var broken = samples
    broken[1].reparameterization[0] = .nan
    #expect(OuterGradientVariance(broken, varianceFloor: 1e-8).reparameterization == nil)
    #expect(OuterGradientVariance(broken, varianceFloor: 1e-8).evolutionStrategies == 1)
  }

  @Test("fewer than 2 pairs have no variance")
  func fewest() {
    #expect(CombinedEstimator().fewestPairs == 2)
  }
}
