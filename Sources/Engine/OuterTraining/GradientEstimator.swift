/// What one antithetic pair says of the smoothed outer-objective's gradient.
public struct OuterGradientSample: Sendable, Equatable {
  /// L(θ + ε) and L(θ − ε).
  public var lossPlus: Double
  public var lossMinus: Double
  /// The mean of ∇L at θ + ε and at θ − ε; empty where the estimator does not use it.
  public var reparameterization: [Float]
  /// (L(θ + ε) − L(θ − ε)) / (2σ²) ε.
  public var evolutionStrategies: [Float]

  public init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], perturbation: [Float], sigma: Float) {
    self.lossPlus = lossPlus
    self.lossMinus = lossMinus
    self.reparameterization = reparameterization
    let slope = (lossPlus - lossMinus) / (2 * Double(sigma) * Double(sigma))
    evolutionStrategies = perturbation.map { Float(slope * Double($0)) }
  }

  public init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], evolutionStrategies: [Float]) {
    self.lossPlus = lossPlus
    self.lossMinus = lossMinus
    self.reparameterization = reparameterization
    self.evolutionStrategies = evolutionStrategies
  }
}

/// An estimate of ∇L̄(θ), L̄(θ) = E L(θ + ε) with ε ~ N(0, σ² I), from antithetic pairs (method, section 2).
public protocol GradientEstimator: Sendable {
  /// Whether its samples need back-propagation through the unroll.
  var needsReverse: Bool { get }
  /// The fewest pairs from which it can estimate.
  var fewestPairs: Int { get }
  /// The estimate, one number for each coordinate of θ. The order of the samples matters to the last bit.
  func estimate(_ samples: [OuterGradientSample]) -> [Double]
}

extension OuterSettings.Estimator {
  /// - Parameter varianceFloor: what the combined estimator adds to its variances.
  public func make(varianceFloor: Double) -> any GradientEstimator {
    switch self {
    case .reparameterization: ReparameterizationEstimator()
    case .es: EvolutionStrategiesEstimator()
    case .combined: CombinedEstimator(varianceFloor: varianceFloor)
    }
  }
}

/// The mean of the samples' exact gradients; a coordinate with a sample that is not finite is 0.
public struct ReparameterizationEstimator: GradientEstimator {
  public init() {}
  public var needsReverse: Bool { true }
  public var fewestPairs: Int { 1 }

  public func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    samples[0].reparameterization.indices.map { coordinate in
      let mean = SampleMoments(samples.lazy.map { Double($0.reparameterization[coordinate]) }).mean
      return mean.isFinite ? mean : 0
    }
  }
}

/// The mean of the samples' evolution strategies.
public struct EvolutionStrategiesEstimator: GradientEstimator {
  public init() {}
  public var needsReverse: Bool { false }
  public var fewestPairs: Int { 1 }

  public func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    samples[0].evolutionStrategies.indices.map { coordinate in
      SampleMoments(samples.lazy.map { Double($0.evolutionStrategies[coordinate]) }).mean
    }
  }
}

/// Both, weighted by inverse variance, coordinate by coordinate.
///
/// Where a sample of a coordinate's reparameterization gradient is not finite, evolution strategies alone count.
public struct CombinedEstimator: GradientEstimator {
  /// Added to both variances.
  public var varianceFloor: Double

  public init(varianceFloor: Double = 1e-8) { self.varianceFloor = varianceFloor }

  public var needsReverse: Bool { true }
  /// A variance needs two.
  public var fewestPairs: Int { 2 }

  public func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    samples[0].evolutionStrategies.indices.map { coordinate in
      let exact = SampleMoments(samples.lazy.map { Double($0.reparameterization[coordinate]) })
      let es = SampleMoments(samples.lazy.map { Double($0.evolutionStrategies[coordinate]) })
      guard exact.mean.isFinite, exact.variance.isFinite else { return es.mean }
      // g_rp w + g_es (1 − w) with w = var_es / (var_rp + var_es): no division by a tiny variance.
      let exactVariance = exact.variance + varianceFloor
      let esVariance = es.variance + varianceFloor
      let weight = esVariance / (exactVariance + esVariance)
      return exact.mean * weight + es.mean * (1 - weight)
    }
  }
}

/// Mean and unbiased variance, in two passes in Double.
struct SampleMoments {
  var mean: Double
  var variance: Double

  init(_ samples: some Collection<Double>) {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    self.mean = mean
    variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  }
}
