import TestSupport
import Testing

@testable import Engine

/// The outer-gradient of whole truncations against PyTorch's automatic derivatives in double precision.
@Suite struct OuterGradientOracleTests {
  /// At most 1e-4, or five times what PyTorch loses in single precision where the case is chaotic.
  private func expectEqual(
    _ found: [Double], _ expected: [Double], _ name: String, _ fixture: OuterGradientFixture,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let single = try #require(fixture.singlePrecisionErrors[name])
    let error = relativeError(found, expected)
    #expect(error <= max(1e-4, 5 * single), "\(name)", sourceLocation: sourceLocation)
  }

  private func truncation(_ recipe: OuterGradientFixture.Recipe) throws -> (Unroll.Result, state: [Float]) {
    let problem = try InnerProblems.named(recipe.problem)
    let (momenta, secondMoments) = FixtureInputs.moments(recipe, count: problem.layout.count)
    var state = FixtureInputs.innerParameters(problem.layout) + momenta + secondMoments
    let unroll = Unroll(
      problem: problem, architecture: recipe.architecture, batch: recipe.batch,
      counted: CountedLoss(freshBatches: recipe.outerBatches, objective: .train, clip: 10),
      lossClip: recipe.innerLossClip, kernels: .forTests)
    let result = unroll.run(
      theta: FixtureInputs.theta(recipe), inner: &state,
      firstStep: recipe.step, length: recipe.length, images: FixtureImages(recipe, shape: problem.shape), reverse: true)
    return (try #require(result), state)
  }

  @Test(
    "losses, outer-loss, gradient and last state of a truncation are PyTorch's",
    arguments: [
      "start-20", "start-20-outer", "midway-20", "midway-20-outer", "start-200", "start-200-outer", "midway-200",
      "midway-200-outer", "without-momentum", "without-rms", "without-time", "time-frozen-at", "scale-by-rms",
      "raw-momentum", "all-options", "inner-loss-clip", "inner-loss-clip-outer", "diverging", "diverging-outer",
      "conv3x32-10", "conv3x32-50", "conv3x32-outer", "mlp3x128", "conv3x128", "conv3x32-mnist", "conv6x32-mnist",
    ])
  func truncation(name: String) throws {
    let fixture = try OuterGradientFixture(named: name)
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
