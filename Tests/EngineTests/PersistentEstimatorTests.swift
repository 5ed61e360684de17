import Testing

@testable import Engine

/// Tasks of two truncations: the state of a linear system, s ← a s + b θ, and the loss c s after each. What θ did in the
/// first truncation reaches the loss of the second.
@Suite struct PersistentEstimatorTests {
  static let (a, b, c) = (0.9, 2.0, 1.5)
  static let sigma: Float = 0.1
  /// dL₁/dθ + dL₂/dθ
  static let whole = c * b + c * (a * b + b)
  /// The same where the second truncation takes its beginning for given.
  static let truncated = c * b + c * b

  /// The sum of a task's two samples.
  static func task(_ kind: OuterSettings.Estimator, seed: UInt64) -> Double {
    let estimator = kind.make(varianceFloor: 1e-8)
    let pair = AntitheticPair(estimator: estimator, sigma: sigma, seed: seed, worker: 0)
    var state = Worker()
    state.life = 2
    state.inner = [0]
    return (0..<2).reduce(0) { sum, _ in
      let truncation = pair.truncation(of: state, length: 1, theta: [0.5]) { theta, inner in
        inner[0] = Float(a * Double(inner[0]) + b * Double(theta[0]))
        return Unroll.Result(losses: [Float(c) * inner[0]], steps: 1, gradient: [])
      }
      guard let truncation else { return .nan }
      state = truncation.next
      return sum + estimator.estimate([truncation.sample])[0]
    }
  }

  @Test(
    "persistent estimators see back to the task's beginning, within 4 standard errors; fresh perturbations do not",
    arguments: [
      (OuterSettings.Estimator.pes, whole), (.noiseReuse, whole), (.es, truncated),
    ])
  func expectation(kind: OuterSettings.Estimator, expected: Double) {
    let moments = SampleMoments((0..<20_000).map { Self.task(kind, seed: $0) })
    let standardError = (moments.variance / 20_000).squareRoot()
    #expect(abs(moments.mean - expected) < 4 * standardError)
    // The test could tell one from the other.
    #expect(8 * standardError < Self.whole - Self.truncated)
  }

  @Test(
    "each member goes on from its own state, or both from that of the + member; accumulated perturbations are summed")
  func states() throws {
    for kind in OuterSettings.Estimator.allCases {
      let estimator = kind.make(varianceFloor: 1e-8)
      let pair = AntitheticPair(estimator: estimator, sigma: Self.sigma, seed: 1, worker: 3)
      var state = Worker()
      state.life = 3
      state.inner = [0]
      var begun: [Float] = []
      var perturbations: [Float] = []
      for _ in 0..<3 {
        let next = try #require(
          pair.truncation(of: state, length: 1, theta: [0]) { theta, inner in
            begun.append(inner[0])
            perturbations.append(theta[0])
            inner[0] += theta[0]
            return Unroll.Result(losses: [0], steps: 1, gradient: [0])
          }
        ).next
        #expect(next.step == state.step + 1)
        state = next
      }
      switch estimator.perturbation {
      case .none:
        #expect(begun.count == 3 && perturbations == [0, 0, 0])
      case .fresh:
        #expect(begun[2] == begun[3] && begun[2] == perturbations[0])
        #expect(Set(perturbations).count == 6 && state.other.isEmpty && state.perturbation.isEmpty)
      case .accumulated:
        #expect(begun[2] == perturbations[0] && begun[3] == perturbations[1] && begun[3] == -begun[2])
        #expect(Set(perturbations).count == 6 && state.perturbation == state.inner)
      case .reused:
        #expect(perturbations[0] == perturbations[2] && perturbations[0] == perturbations[4])
        #expect(abs(state.inner[0] - 3 * perturbations[0]) < 1e-6 && state.other == state.inner.map { -$0 })
      }
    }
  }
}
