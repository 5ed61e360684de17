import Foundation
import TestSupport
import Testing

@testable import Engine

/// The baselines and their schedules against PyTorch's own, in double precision: Tests/Fixtures/optimizers.json, which
/// Tools/Oracle/make_optimizer_fixtures.py made.
@Suite struct OptimizerOracleTests {
  struct Fixture: Decodable, CustomTestStringConvertible {
    var optimizer: String
    var schedule: StepSchedule
    /// The number of steps of the run.
    var steps: Int
    /// The parameters after some of the steps, by their number from 1.
    var parameters: [String: [Double]]
    /// The relative L2 error of PyTorch itself in single precision, after the last step.
    var singlePrecisionError: Double

    var testDescription: String { "\(optimizer), \(schedule.rawValue)" }
  }

  static let fixtures: [Fixture] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = Repository.fixtures.appending(path: "optimizers.json")
    return (try? decoder.decode([Fixture].self, from: Data(contentsOf: file))) ?? []
  }()

  private func make(_ name: String, count: Int, kernels: Kernels) throws -> any InnerOptimizer {
    let optimizers: [String: () -> any InnerOptimizer] = [
      "adam": { Adam(count: count, rate: 0.01, kernels: kernels) },
      "adamw": { Adam(count: count, rate: 0.01, decay: 0.01, kernels: kernels) },
      "nadamw": { Adam(count: count, rate: 0.01, decay: 0.01, isNesterov: true, kernels: kernels) },
      "rmsprop": { RMSProp(count: count, rate: 0.01, kernels: kernels) },
      "momentum": { MomentumSGD(count: count, rate: 0.01, kernels: kernels) },
      "nesterov": { MomentumSGD(count: count, rate: 0.01, isNesterov: true, kernels: kernels) },
    ]
    let optimizer = try #require(optimizers[name])
    return optimizer()
  }

  /// The gradient of a step, from 0.
  private func gradient(_ step: Int, count: Int) -> [Float] {
    let scales = [1, 0.1, 0.01, 0.001]
    return FixtureInputs.signed(UInt64(1000 + step), count).enumerated().map { Float(($1 + 0.3) * scales[$0 % 4]) }
  }

  @Test("there is a case of each baseline under each schedule")
  func all() {
    let names = ["adam", "adamw", "nadamw", "rmsprop", "momentum", "nesterov"]
    let expected = names.flatMap { name in StepSchedule.allCases.map { "\(name), \($0.rawValue)" } }
    #expect(Self.fixtures.map(\.testDescription) == expected)
  }

  @Test(
    "500 steps are PyTorch's own, as near as single precision comes, on every instruction set", arguments: fixtures,
    Kernels.available)
  func trajectory(fixture: Fixture, kernels: Kernels) throws {
    let count = try #require(fixture.parameters["\(fixture.steps)"]).count
    let optimizer = PacedOptimizer(
      try make(fixture.optimizer, count: count, kernels: kernels), schedule: fixture.schedule, steps: fixture.steps)
    let parameters = FloatBuffer(FixtureInputs.signed(200, count).map { Float($0) })
    var compared = 0
    for step in 0..<fixture.steps {
      optimizer.update(parameters, gradient: FloatBuffer(gradient(step, count: count)))
      guard let expected = fixture.parameters["\(step + 1)"] else { continue }
      let error = relativeError(parameters.array.map(Double.init), expected)
      #expect(error < 2e-6, "step \(step + 1)")
      if step + 1 == fixture.steps { #expect(error < 3 * fixture.singlePrecisionError, "step \(step + 1)") }
      compared += 1
    }
    #expect(compared == 4)
  }
}
