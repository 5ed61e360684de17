import Foundation
import TestSupport
import Testing

@testable import Engine

/// The outer-gradient of whole truncations against PyTorch's automatic derivatives in double precision.
@Suite struct OuterGradientOracleTests {
  /// A file that Tests/Oracle/make_fixtures.py made.
  struct Fixture: Decodable {
    struct Recipe: Decodable {
      var problem: String
      var length: Int
      var batch: Int
      var step: Int
      var outerBatches: Int
      var diverging: Bool
      var architecture: Architecture
    }

    var recipe: Recipe
    var losses: [Double]
    var outerLoss: Double
    var gradient: [Double]
    /// Projections on random signs; absent where the truncation diverged.
    var inner: [Double]?
    var momenta: [Double]?
    var secondMoments: [Double]?
    /// The relative L2 error of PyTorch itself in single precision.
    var singlePrecisionErrors: [String: Double]

    init(named name: String) throws {
      let url = Repository.fixtures.appending(path: "outer-gradient/\(name).json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  /// At most 1e-4, or five times what PyTorch loses in single precision where the case is chaotic.
  private func expectEqual(
    _ found: [Double], _ expected: [Double], _ name: String, _ fixture: Fixture,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let single = try #require(fixture.singlePrecisionErrors[name])
    let error = relativeError(found, expected)
    #expect(error <= max(1e-4, 5 * single), "\(name)", sourceLocation: sourceLocation)
  }

  private func truncation(_ recipe: Fixture.Recipe) throws -> (Unroll.Result, state: [Float]) {
    let problem = try InnerProblems.named(recipe.problem)
    let parameters = FixtureInputs.innerParameters(problem.layout)
    let moments = recipe.architecture.betas.count * parameters.count
    var state = parameters
    if recipe.step == 0 {
      state += [Float](repeating: 0, count: 2 * moments)
    } else {
      state += FixtureInputs.signed(300, moments).map { Float(0.01 * $0) }
      state += FixtureInputs.signed(400, moments).map { Float(1e-4 * ($0 * $0)) }
    }
    let unroll = Unroll(
      problem: problem, architecture: recipe.architecture, batch: recipe.batch,
      counted: CountedLoss(freshBatches: recipe.outerBatches, objective: .train, clip: 10))
    let images = FixtureImages(
      length: recipe.length, batch: recipe.batch, firstStep: recipe.step, freshBatches: recipe.outerBatches)
    let result = unroll.run(
      theta: FixtureInputs.theta(recipe.architecture, diverging: recipe.diverging), inner: &state,
      firstStep: recipe.step, length: recipe.length, images: images, reverse: true)
    return (try #require(result), state)
  }

  @Test(
    "losses, outer-loss, gradient and last state of a truncation are PyTorch's",
    arguments: [
      "start-20", "start-20-outer", "midway-20", "midway-20-outer", "start-200", "start-200-outer", "midway-200",
      "midway-200-outer", "without-momentum", "without-rms", "without-time", "diverging", "diverging-outer",
    ])
  func truncation(name: String) throws {
    let fixture = try Fixture(named: name)
    let recipe = fixture.recipe
    let (result, state) = try truncation(recipe)
    #expect(result.diverged == recipe.diverging)
    try expectEqual(result.losses.map(Double.init), fixture.losses, "losses", fixture)
    try expectEqual([result.outerLoss], [fixture.outerLoss], "outer_loss", fixture)
    try expectEqual(result.gradient.map(Double.init), fixture.gradient, "gradient", fixture)
    guard !recipe.diverging else { return }
    let count = state.count / (1 + 2 * recipe.architecture.betas.count)
    let parts = [
      ("inner", fixture.inner, 0..<count),
      ("momenta", fixture.momenta, count..<count * (1 + recipe.architecture.betas.count)),
      ("second_moments", fixture.secondMoments, count * (1 + recipe.architecture.betas.count)..<state.count),
    ]
    for (name, expected, range) in parts {
      try expectEqual(FixtureInputs.projections(Array(state[range])), try #require(expected), name, fixture)
    }
  }
}
