import Randomness
import Testing

@testable import Engine

/// What every estimator must do: on L(θ) = Σ aᵢ cos(ωᵢ θᵢ), whose smoothed gradient is −aᵢ ωᵢ sin(ωᵢ θᵢ) exp(−ωᵢ²σ²/2).
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

  /// `count` antithetic pairs.
  static func samples(_ count: Int, seed: UInt64) -> [OuterGradientSample] {
    var random = RandomStream(seed: seed, purpose: .perturbation)
    return (0..<count).map { _ in
      let perturbation = random.normals(theta.count).map { $0 * sigma }
      let plus = zip(theta, perturbation).map { $0 + $1 }
      let minus = zip(theta, perturbation).map { $0 - $1 }
      return OuterGradientSample(
        lossPlus: loss(plus), lossMinus: loss(minus),
        reparameterization: zip(gradient(plus), gradient(minus)).map { Float(($0 + $1) / 2) },
        perturbation: perturbation, sigma: sigma)
    }
  }

  static func moments(_ kind: OuterSettings.Estimator) -> [SampleMoments] {
    let estimates = (0..<2_000).map { kind.make(varianceFloor: 1e-8).estimate(samples(8, seed: UInt64($0))) }
    return theta.indices.map { coordinate in SampleMoments(estimates.map { $0[coordinate] }) }
  }

  @Test(
    "the mean of many estimates is the smoothed gradient within 4 standard errors, or within the bias it may have",
    arguments: OuterSettings.Estimator.allCases)
  func bias(kind: OuterSettings.Estimator) {
    // The weights of the combined one depend on the samples that they weigh.
    let allowed = kind == .combined ? 0.05 * norm(Self.smoothed) : 0
    for (moments, expected) in zip(Self.moments(kind), Self.smoothed) {
      let standardError = (moments.variance / 2_000).squareRoot()
      #expect(abs(moments.mean - expected) < 4 * standardError + allowed)
    }
  }

  @Test("one number for each coordinate, the same bits again", arguments: OuterSettings.Estimator.allCases)
  func repeatable(kind: OuterSettings.Estimator) {
    let samples = Self.samples(5, seed: 1)
    let estimate = kind.make(varianceFloor: 1e-8).estimate(samples)
    #expect(estimate.count == Self.theta.count)
    #expect(estimate == kind.make(varianceFloor: 1e-8).estimate(samples))
  }

  @Test(
    "where all samples agree that is the estimate, from the fewest pairs on",
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
    "only one that needs back-propagation looks at its result, and never hands on what is not finite",
    arguments: OuterSettings.Estimator.allCases)
  func reverse(kind: OuterSettings.Estimator) {
    let estimator = kind.make(varianceFloor: 1e-8)
    let samples = Self.samples(5, seed: 1)
    var changed = samples
    for number in samples.indices {
      changed[number].reparameterization = estimator.needsReverse ? [.nan, .infinity, -.infinity, 1] : []
    }
    let estimate = estimator.estimate(changed)
    #expect((estimate == estimator.estimate(samples)) == !estimator.needsReverse)
    #expect(estimate.allSatisfy { $0.isFinite })
  }

  @Test("the combined one varies no more than either")
  func variance() {
    let either = zip(Self.moments(.reparameterization), Self.moments(.es))
    for (both, (exact, es)) in zip(Self.moments(.combined), either) {
      #expect(both.variance < 1.1 * min(exact.variance, es.variance))
    }
  }

  @Test(
    "the combined one agrees with the formula, at variances twenty orders of magnitude apart",
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
    #expect(ReparameterizationEstimator().estimate(samples) == [2, 0])
  }

  @Test("fewer than 2 pairs have no variance")
  func fewest() {
    #expect(CombinedEstimator().fewestPairs == 2)
  }
}
