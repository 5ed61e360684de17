import Foundation
import TestSupport
import Testing

@testable import Engine

/// What every inner optimizer must do: a new one joins by an element of `optimizers`.
@Suite struct InnerOptimizerConformanceTests {
  /// An optimizer, and its formula in Double.
  struct Optimizer: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// Whether the first update, by a gradient of zero, leaves the parameters where they are.
    var restsWithoutGradient = true
    var make: @Sendable (ParameterLayout) -> any InnerOptimizer
    /// The parameters after each step, from the initial ones and the gradient of each step.
    var trajectory: @Sendable (_ parameters: [Double], _ gradients: [[Double]]) -> [[Double]]
  }

  static let layout = ParameterLayout([("weight", [7, 11]), ("bias", [11]), ("scale", [1])])

  static let optimizers: [Optimizer] = [
    Optimizer(
      testDescription: "momentum", make: { MomentumSGD(count: $0.count, rate: 0.125, decay: 0.75, kernels: .forTests) },
      trajectory: elementwise { u, g, state, _ in
        state.0 = 0.75 * state.0 + g
        u -= 0.125 * state.0
      }),
    Optimizer(
      testDescription: "nesterov",
      make: { MomentumSGD(count: $0.count, rate: 0.125, decay: 0.75, isNesterov: true, kernels: .forTests) },
      trajectory: elementwise { u, g, state, _ in
        state.0 = 0.75 * state.0 + g
        u -= 0.125 * (g + 0.75 * state.0)
      }),
    Optimizer(
      testDescription: "momentum paced by a cosine",
      make: {
        PacedOptimizer(
          MomentumSGD(count: $0.count, rate: 0.125, decay: 0.75, kernels: .forTests), scale: 2, schedule: .cosine,
          steps: 40)
      },
      trajectory: elementwise { u, g, state, step in
        state.0 = 0.75 * state.0 + g
        u -= 0.25 * (1 + cos(.pi * Double(step - 1) / 40)) / 2 * state.0
      }),
    Optimizer(
      testDescription: "rmsprop",
      make: { RMSProp(count: $0.count, rate: 0.125, decay: 0.75, epsilon: 0.01, kernels: .forTests) },
      trajectory: elementwise { u, g, state, step in
        state.0 = 0.75 * state.0 + 0.25 * g * g
        u -= 0.125 * g / ((state.0 / (1 - power(0.75, step))).squareRoot() + Double(0.01 as Float))
      }),
    Optimizer(
      testDescription: "adam",
      make: { Adam(count: $0.count, rate: 0.125, beta1: 0.75, beta2: 0.875, epsilon: 0.01, kernels: .forTests) },
      trajectory: elementwise { u, g, state, step in
        state.0 = 0.75 * state.0 + 0.25 * g
        state.1 = 0.875 * state.1 + 0.125 * g * g
        let first = state.0 / (1 - power(0.75, step))
        let second = state.1 / (1 - power(0.875, step))
        u -= 0.125 * first / (second.squareRoot() + Double(0.01 as Float))
      }),
    Optimizer(
      testDescription: "adamw", restsWithoutGradient: false,
      make: {
        Adam(
          count: $0.count, rate: 0.125, beta1: 0.75, beta2: 0.875, epsilon: 0.01, decay: 0.0625, kernels: .forTests)
      },
      trajectory: elementwise { u, g, state, step in
        state.0 = 0.75 * state.0 + 0.25 * g
        state.1 = 0.875 * state.1 + 0.125 * g * g
        let first = state.0 / (1 - power(0.75, step))
        let second = state.1 / (1 - power(0.875, step))
        u -= 0.125 * (first / (second.squareRoot() + Double(0.01 as Float)) + 0.0625 * u)
      }),
    Optimizer(
      testDescription: "nadamw", restsWithoutGradient: false,
      make: {
        Adam(
          count: $0.count, rate: 0.125, beta1: 0.75, beta2: 0.875, epsilon: 0.01, decay: 0.0625, isNesterov: true,
          kernels: .forTests)
      },
      trajectory: elementwise { u, g, state, step in
        state.0 = 0.75 * state.0 + 0.25 * g
        state.1 = 0.875 * state.1 + 0.125 * g * g
        func momentum(_ step: Int) -> Double { 0.75 * (1 - 0.5 * pow(0.96, 0.004 * Double(step))) }
        let product = (1...step).reduce(1) { $0 * momentum($1) }
        let direction =
          (1 - momentum(step)) * g / (1 - product)
          + momentum(step + 1) * state.0 / (1 - product * momentum(step + 1))
        let second = state.1 / (1 - power(0.875, step))
        u -= 0.125 * (direction / (second.squareRoot() + Double(0.01 as Float)) + 0.0625 * u)
      }),
    learned(hiddenLayers: 1), learned(hiddenLayers: 2), learned(hiddenLayers: 1, scale: 0.25),
    learned("time frozen at step 7") { $0.timeFrozenAt = 7 }, learned("scaled by RMS") { $0.scaleByRms = true },
    learned("raw momentum") { $0.rawMomentum = true },
    learned("all options", hiddenLayers: 2, scale: 0.25) {
      $0.timeFrozenAt = 7
      $0.scaleByRms = true
      $0.rawMomentum = true
    },
  ]

  private static func elementwise(
    _ step: @escaping @Sendable (_ u: inout Double, _ g: Double, _ state: inout (Double, Double), _ step: Int) -> Void
  ) -> @Sendable ([Double], [[Double]]) -> [[Double]] {
    { parameters, gradients in
      var u = parameters
      var states = parameters.map { _ in (0.0, 0.0) }
      return gradients.enumerated().map { number, gradient in
        for i in u.indices { step(&u[i], gradient[i], &states[i], number + 1) }
        return u
      }
    }
  }

  private static func learned(
    _ name: String = "", hiddenLayers: Int = 1, scale: Float = 1, options: (inout Architecture) -> Void = { _ in }
  ) -> Optimizer {
    var architecture = Architecture()
    architecture.hiddenLayers = hiddenLayers
    architecture.lambda1 = 0.125
    architecture.lambda2 = 0.25
    options(&architecture)
    let settled = architecture
    let theta = settled.initialTheta(seed: 5)
    return Optimizer(
      testDescription: "learned, \(hiddenLayers) hidden layers, scale \(scale) \(name)", restsWithoutGradient: false,
      make: {
        let optimizer = LearnedOptimizer(theta: theta, architecture: settled, problem: $0, kernels: .forTests)
        if scale == 1 { return optimizer }
        return PacedOptimizer(optimizer, scale: scale, schedule: .constant, steps: 20)
      },
      trajectory: { parameters, gradients in
        var scaled = settled
        scaled.lambda1 *= scale
        let reference = ReferenceOptimizer(architecture: scaled, theta: theta.map(Double.init), layout: layout)
        let moments = [Double](repeating: 0, count: 2 * settled.betas.count * layout.count)
        var state = ReferenceState(parameters + moments, betas: settled.betas.count)
        return gradients.enumerated().map { t, gradient in
          state = reference.step(state, gradient: gradient, t: t)
          return state.parameters
        }
      })
  }

  static let start = randomNormals(layout.count, seed: 1)
  static let gradients = (0..<20).map { randomNormals(layout.count, seed: UInt64(100 + $0)) }

  /// The parameters after each step.
  private func trajectory(_ optimizer: any InnerOptimizer, _ gradients: [[Float]] = gradients) -> [[Float]] {
    let parameters = FloatBuffer(Self.start)
    return gradients.map {
      optimizer.update(parameters, gradient: FloatBuffer($0))
      return parameters.array
    }
  }

  @Test("20 steps of an optimizer are those of its formula", arguments: optimizers)
  func formula(optimizer: Optimizer) {
    let found = trajectory(optimizer.make(Self.layout))
    let expected = optimizer.trajectory(Self.start.map(Double.init), Self.gradients.map { $0.map(Double.init) })
    for (step, (found, expected)) in zip(found, expected).enumerated() {
      // Measured: at most 1.6e-7.
      #expect(relativeError(found.map(Double.init), expected) < 2e-6, "step \(step)")
    }
  }

  @Test("after a reset the same gradients give the same bits again, whatever was before", arguments: optimizers)
  func reset(optimizer: Optimizer) {
    let trained = optimizer.make(Self.layout)
    let first = trajectory(trained)
    #expect(first != trajectory(trained))
    trained.reset()
    #expect(first == trajectory(trained))
    trained.update(FloatBuffer(Self.start), gradient: FloatBuffer([Float](repeating: .nan, count: Self.layout.count)))
    trained.reset()
    #expect(first == trajectory(trained))
  }

  @Test(
    "a fresh optimizer leaves the parameters where the gradient is 0, but weights decay and the learned one moves them",
    arguments: optimizers)
  func zeroGradient(optimizer: Optimizer) {
    let zero = [Float](repeating: 0, count: Self.layout.count)
    let found = trajectory(optimizer.make(Self.layout), [zero])[0]
    let expected = optimizer.trajectory(Self.start.map(Double.init), [zero.map(Double.init)])[0]
    #expect((found == Self.start) == optimizer.restsWithoutGradient)
    #expect(relativeError(found.map(Double.init), expected) < 1e-6)
  }

  @Test(
    "a gradient that is not finite reaches its parameter, at once or at the next step, and no other tensor",
    arguments: optimizers, [Float.nan, .infinity])
  func notFinite(optimizer: Optimizer, value: Float) {
    var damaged = Self.gradients[0]
    let weight = Self.layout.tensors[0].range
    damaged[weight.lowerBound + 3] = value
    let found = trajectory(optimizer.make(Self.layout), [damaged, Self.gradients[1]])
    let undamaged = trajectory(optimizer.make(Self.layout), Array(Self.gradients[..<2]))
    #expect(!found[1][weight.lowerBound + 3].isFinite)
    #expect(found[1][weight.upperBound...] == undamaged[1][weight.upperBound...])
  }
}
