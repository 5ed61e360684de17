import TestSupport
import Testing

@testable import Engine

/// The outer-gradient of whole truncations against central differences, in Double, of the reference's outer-loss.
@Suite struct OuterGradientDifferenceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var features = Architecture.FeatureGroup.allCases
    var hiddenLayers = 1
    var firstStep = 0
    var freshBatches = 0
    var clip: Float = 10
    /// The clip of the loss that a step goes down.
    var lossClip: Float?
    /// Switches options of the update on.
    var options: @Sendable (inout Architecture) -> Void = { _ in }

    /// The updates are large and their exponents matter, so that second derivatives are not lost in the rest.
    var architecture: Architecture {
      var architecture = Architecture()
      architecture.hiddenUnits = 4
      architecture.hiddenLayers = hiddenLayers
      architecture.features = features
      architecture.lambda1 = 0.05
      architecture.lambda2 = 0.5
      options(&architecture)
      return architecture
    }

    var reference: ReferenceTruncation {
      ReferenceTruncation(
        problem: tinyProblem, architecture: architecture, images: SyntheticTask(shape: tinyProblem.shape, seed: 3),
        batch: 5, counted: CountedLoss(freshBatches: freshBatches, objective: .validation, clip: clip),
        lossClip: lossClip, firstStep: firstStep, length: 5)
    }

    /// Initial parameters, and midway momenta and second moments that are not zero.
    var inner: [Float] {
      let count = tinyProblem.layout.count
      let moments = count * architecture.betas.count
      let parameters = tinyProblem.initialParameters(seed: 4)
      guard firstStep > 0 else { return parameters + [Float](repeating: 0, count: 2 * moments) }
      return parameters + randomNormals(moments, seed: 5).map { 0.1 * $0 }
        + randomNormals(moments, seed: 6).map { 0.001 + 0.01 * $0 * $0 }
    }

    var theta: [Float] {
      zip(architecture.initialTheta(seed: 7), randomNormals(architecture.layout.count, seed: 8)).map {
        $0 + 0.1 * $1
      }
    }
  }

  static let cases: [Case] = [
    Case(testDescription: "from the start"),
    Case(testDescription: "midway", firstStep: 40),
    Case(testDescription: "from the start, 2 fresh batches", freshBatches: 2),
    Case(testDescription: "midway, 2 fresh batches", firstStep: 40, freshBatches: 2),
    Case(testDescription: "2 hidden layers", hiddenLayers: 2, firstStep: 3, freshBatches: 2),
    Case(testDescription: "without momentum", features: [.rms, .time], firstStep: 40),
    Case(testDescription: "without RMS", features: [.momentum, .time], firstStep: 40),
    Case(testDescription: "without time", features: [.momentum, .rms], firstStep: 40),
    Case(testDescription: "gradient and value alone", features: [], firstStep: 40),
    Case(testDescription: "some losses clipped", firstStep: 40, freshBatches: 2, clip: 2.3),
    Case(testDescription: "some inner losses clipped", firstStep: 40, lossClip: 2.3),
    Case(testDescription: "some inner losses clipped, 2 fresh batches", firstStep: 40, freshBatches: 2, lossClip: 2.3),
    Case(testDescription: "time frozen after 2 of 5 steps", firstStep: 40) { $0.timeFrozenAt = 42 },
    Case(testDescription: "scaled by RMS, from the start") { $0.scaleByRms = true },
    Case(testDescription: "scaled by RMS, midway", hiddenLayers: 2, firstStep: 40) { $0.scaleByRms = true },
    Case(testDescription: "raw momentum, from the start") { $0.rawMomentum = true },
    Case(testDescription: "raw momentum, midway, without time", features: [.momentum, .rms], firstStep: 40) {
      $0.rawMomentum = true
    },
    Case(testDescription: "all options, 2 fresh batches", firstStep: 40, freshBatches: 2) {
      $0.timeFrozenAt = 1
      $0.scaleByRms = true
      $0.rawMomentum = true
    },
  ]

  private func run(
    _ truncation: Case, kernels: Kernels = .forTests
  ) throws -> (result: Unroll.Result, inner: [Float], adjoint: [Double]) {
    let reference = truncation.reference
    let unroll = Unroll(
      problem: reference.problem, architecture: reference.architecture, batch: reference.batch,
      counted: reference.counted, lossClip: reference.lossClip, kernels: kernels)
    var inner = truncation.inner
    let result = unroll.run(
      theta: truncation.theta, inner: &inner, firstStep: reference.firstStep, length: reference.length,
      images: reference.images, reverse: true)
    return (try #require(result), inner, unroll.adjoint.buffer.array.map(Double.init))
  }

  @Test("an unroll's losses and last state are those of the reference", arguments: cases)
  func forward(truncation: Case) throws {
    let (result, inner, _) = try run(truncation)
    let expected = truncation.reference.run(
      theta: truncation.theta.map(Double.init), inner: truncation.inner.map(Double.init))
    // Measured: 4.9e-8 and 2.5e-7.
    #expect(relativeError(result.losses.map(Double.init), expected.losses) < 1e-6)
    #expect(relativeError(inner.map(Double.init), expected.inner) < 2e-6)
    #expect(expected.losses.contains(Double(truncation.clip)) == (truncation.clip < 10))
  }

  @Test("an unroll's derivative by θ agrees with central differences, row by row of the weights", arguments: cases)
  func byTheta(truncation: Case) throws {
    let (result, _, _) = try run(truncation)
    let inner = truncation.inner.map(Double.init)
    let expected = centralDifferences(
      of: { truncation.reference.outerLoss(theta: $0, inner: inner) }, at: truncation.theta.map(Double.init),
      step: 1e-6, coordinates: truncation.theta.indices)
    for tensor in truncation.architecture.layout.tensors {
      let row = tensor.shape[tensor.shape.count - 1]
      for start in stride(from: tensor.offset, to: tensor.range.upperBound, by: row) {
        let range = start..<start + row
        let error = relativeError(result.gradient[range].map(Double.init), Array(expected[range]))
        // Measured: at most 1.4e-5, from the start, where inverse RMS is near 1,000.
        #expect(error < 1e-4, "\(tensor.name), from \(start)")
      }
    }
  }

  @Test(
    "the derivative by the initial parameters, momenta and second moments agrees with central differences",
    arguments: cases.filter { $0.firstStep > 0 })
  func byInitialState(truncation: Case) throws {
    let (_, _, adjoint) = try run(truncation)
    let theta = truncation.theta.map(Double.init)
    let inner = truncation.inner.map(Double.init)
    let count = tinyProblem.layout.count
    // One block at a time, some coordinates of each: u, then each momentum, then each second moment.
    for start in stride(from: 0, to: inner.count, by: count) {
      let coordinates = stride(from: start + start / count, to: start + count, by: 17)
      let expected = centralDifferences(
        of: { truncation.reference.outerLoss(theta: theta, inner: $0) }, at: inner, step: 1e-7,
        coordinates: coordinates)
      let found = coordinates.map { adjoint[$0] }
      // Measured: at most 8e-6.
      #expect(relativeError(found, expected) < 1e-4, "block \(start / count)")
    }
  }

  @Test("a step whose loss is clipped has a gradient of 0, but one whose loss is not finite has diverged")
  func clippedStep() throws {
    let truncation = try #require(Self.cases.first { $0.testDescription == "midway" })
    var clipped = truncation
    clipped.lossClip = 0.001
    let (found, inner, _) = try run(clipped)
    let (plain, _, _) = try run(truncation)
    #expect(found.losses[0] == plain.losses[0] && found.losses[2] != plain.losses[2])
    #expect(found.losses.allSatisfy { $0 > 1 }, "what counts is the loss as it is")
    let kernels = Kernels.forTests
    let update = LearnedUpdate(
      architecture: truncation.architecture, problem: tinyProblem.layout, reverse: false, kernels: kernels)
    let state = InnerState(count: tinyProblem.layout.count, betas: truncation.architecture.betas.count)
    state.buffer.assign(truncation.inner)
    for step in 40..<45 {
      update.forward(
        theta: FloatBuffer(truncation.theta), step: step, before: state,
        gradient: FloatBuffer(tinyProblem.layout.count), after: state)
    }
    #expect(inner == state.buffer.array)

    let unroll = Unroll(
      problem: tinyProblem, architecture: truncation.architecture, batch: 5, counted: truncation.reference.counted,
      lossClip: 0.001, kernels: kernels)
    for value in [Float.nan, .infinity] {
      var infinite = truncation.inner
      infinite[tinyProblem.layout.count - 1] = value
      infinite[tinyProblem.layout.count - 2] = -value
      let result = unroll.run(
        theta: truncation.theta, inner: &infinite, firstStep: 40, length: 3, images: truncation.reference.images,
        reverse: true)
      #expect(result?.steps == 0)
    }
  }

  @Test("every instruction set gives the same derivatives", arguments: Kernels.available)
  func everyInstructionSet(kernels: Kernels) throws {
    for truncation in Self.cases {
      let (result, inner, adjoint) = try run(truncation, kernels: kernels)
      let expected = try run(truncation)
      #expect(relativeError(result.gradient.map(Double.init), expected.result.gradient.map(Double.init)) < 1e-4)
      #expect(relativeError(inner.map(Double.init), expected.inner.map(Double.init)) < 2e-6)
      #expect(relativeError(adjoint, expected.adjoint) < 1e-4)
    }
  }
}
