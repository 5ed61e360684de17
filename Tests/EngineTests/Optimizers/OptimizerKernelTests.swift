import Testing

@testable import Engine

/// The kernels of the optimizers that the learned one is compared with, and of its moments, on every table.
@Suite struct OptimizerKernelTests {
  static let counts = [1, 3, 63, 64, 65, 200]

  private func start(_ count: Int) -> (parameters: [Float], gradient: [Float], first: [Float], second: [Float]) {
    (
      randomNormals(count, seed: 1), randomNormals(count, seed: 2), randomNormals(count, seed: 3),
      randomNormals(count, seed: 4).map { $0 * $0 + 0.01 }
    )
  }

  @Test("momentum: w ← γ w + g, u ← u − α w", arguments: counts, Kernels.available)
  func momentum(count: Int, kernels: Kernels) {
    let (u, g, w, _) = start(count)
    let velocity = FloatBuffer(w)
    let parameters = FloatBuffer(u)
    kernels.momentum(
      rate: 0.25, decay: 0.75, gradient: FloatBuffer(g).all, velocity: velocity.all, parameters: parameters.all)
    let expected = zip(w, g).map { 0.75 * Double($0) + Double($1) }
    expectClose(velocity.array, expected, tolerance: 1e-6, "\(kernels.name)")
    expectClose(
      parameters.array, zip(u, expected).map { Double($0) - 0.25 * $1 }, tolerance: 1e-6, "\(kernels.name)")
  }

  @Test("Nesterov's momentum: w ← γ w + g, u ← u − α (g + γ w)", arguments: counts, Kernels.available)
  func nesterov(count: Int, kernels: Kernels) {
    let (u, g, w, _) = start(count)
    let velocity = FloatBuffer(w)
    let parameters = FloatBuffer(u)
    kernels.nesterov(
      rate: 0.25, decay: 0.75, gradient: FloatBuffer(g).all, velocity: velocity.all, parameters: parameters.all)
    let expected = zip(w, g).map { 0.75 * Double($0) + Double($1) }
    expectClose(velocity.array, expected, tolerance: 1e-6, "\(kernels.name)")
    expectClose(
      parameters.array, (0..<count).map { Double(u[$0]) - 0.25 * (Double(g[$0]) + 0.75 * expected[$0]) },
      tolerance: 1e-6, "\(kernels.name)")
  }

  @Test(
    "RMSProp: q ← γ q + (1 − γ) g², u ← u − α g / (√(c q) + ε) with the correction given", arguments: counts,
    Kernels.available)
  func rmsprop(count: Int, kernels: Kernels) {
    let (u, g, _, q) = start(count)
    let square = FloatBuffer(q)
    let parameters = FloatBuffer(u)
    kernels.rmsprop(
      rate: 0.25, decay: 0.75, epsilon: 0.125, correction: 3, gradient: FloatBuffer(g).all, square: square.all,
      parameters: parameters.all)
    let expected = zip(q, g).map { 0.75 * Double($0) + 0.25 * Double($1) * Double($1) }
    expectClose(square.array, expected, tolerance: 1e-6, "\(kernels.name)")
    expectClose(
      parameters.array,
      (0..<count).map { Double(u[$0]) - 0.25 * Double(g[$0]) / ((3 * expected[$0]).squareRoot() + 0.125) },
      tolerance: 1e-6, "\(kernels.name)")
  }

  @Test(
    "Adam: u ← u − α (c₁ m + s g) / (√(c₂ v) + ε) − d u with the corrections, the gradient's share and the decay given",
    arguments: counts, Kernels.available)
  func adam(count: Int, kernels: Kernels) {
    let (u, g, m, v) = start(count)
    for (share, decay) in [(0, 0), (0, 0.0625), (0.5, 0), (0.5, 0.0625)] as [(Float, Float)] {
      let first = FloatBuffer(m)
      let second = FloatBuffer(v)
      let parameters = FloatBuffer(u)
      kernels.adam(
        .init(
          rate: 0.25, betas: (0.75, 0.875), epsilon: 0.125, decay: decay, shares: (gradient: share, first: 1.5),
          correction: 3),
        gradient: FloatBuffer(g).all, first: first.all, second: second.all, parameters: parameters.all)
      let expectedFirst = zip(m, g).map { 0.75 * Double($0) + 0.25 * Double($1) }
      let expectedSecond = zip(v, g).map { 0.875 * Double($0) + 0.125 * Double($1) * Double($1) }
      expectClose(first.array, expectedFirst, tolerance: 1e-6, "\(kernels.name)")
      expectClose(second.array, expectedSecond, tolerance: 1e-6, "\(kernels.name)")
      let expected = (0..<count).map { i in
        let direction = 1.5 * expectedFirst[i] + Double(share) * Double(g[i])
        return Double(u[i]) - 0.25 * direction / ((3 * expectedSecond[i]).squareRoot() + 0.125)
          - Double(decay) * Double(u[i])
      }
      expectClose(parameters.array, expected, tolerance: 1e-6, "\(kernels.name), share \(share), decay \(decay)")
    }
  }

  @Test(
    "moments: m ← β m + (1 − β) g, v ← β v + (1 − β) g², in place or not", arguments: counts, Kernels.available)
  func moments(count: Int, kernels: Kernels) {
    let (_, g, m, v) = start(count)
    let gradient = FloatBuffer(g)
    let before = (FloatBuffer(m), FloatBuffer(v))
    for after in [(FloatBuffer(count), FloatBuffer(count)), before] {
      kernels.moments(
        beta: 0.9999, rest: 0.0001, gradient: gradient.all, momentum: before.0.all, secondMoment: before.1.all,
        nextMomentum: after.0.all, nextSecondMoment: after.1.all)
      expectClose(
        after.0.array, zip(m, g).map { 0.9999 * Double($0) + 0.0001 * Double($1) }, tolerance: 1e-6,
        "\(kernels.name)")
      expectClose(
        after.1.array, zip(v, g).map { 0.9999 * Double($0) + 0.0001 * Double($1) * Double($1) }, tolerance: 1e-6,
        "\(kernels.name)")
    }
  }
}
