import Testing

@testable import Engine

/// The reference itself, in Double: what its derivatives claim.
@Suite struct ReferenceTests {
  @Test("a network's adjoints agree with central differences", arguments: [[3, 2], [4, 5, 2], [3, 6, 4, 2]])
  func network(widths: [Int]) {
    let parameters = randomNormals(ReferenceNetwork.parameterCount(widths), seed: 1).map(Double.init)
    let input = randomNormals(widths[0], seed: 2).map(Double.init)
    let outputAdjoint = randomNormals(2, seed: 3).map(Double.init)
    func dot(_ output: [Double]) -> Double { zip(output, outputAdjoint).reduce(0) { $0 + $1.0 * $1.1 } }

    let found = ReferenceNetwork(widths: widths, parameters: parameters).reverse(input, outputAdjoint: outputAdjoint)
    let byParameters = centralDifferences(
      of: { dot(ReferenceNetwork(widths: widths, parameters: $0).output(input)) }, at: parameters, step: 1e-6,
      coordinates: parameters.indices)
    let byInput = centralDifferences(
      of: { dot(ReferenceNetwork(widths: widths, parameters: parameters).output($0)) }, at: input, step: 1e-6,
      coordinates: input.indices)
    #expect(relativeError(found.parameters, byParameters) < 1e-8)
    #expect(relativeError(found.input, byInput) < 1e-8)
  }

  @Test("an MLP's gradient agrees with central differences of its loss")
  func gradient() {
    let mlp = ReferenceMLP(tinyProblem)
    let batch = SyntheticTask(shape: tinyProblem.shape).batch(of: 6)
    let u = randomNormals(tinyProblem.layout.count, seed: 4).map(Double.init)
    let expected = centralDifferences(of: { mlp.loss($0, batch) }, at: u, step: 1e-5, coordinates: u.indices)
    #expect(relativeError(mlp.gradient(u, batch), expected) < 1e-8)
  }

  @Test(
    "a convolutional network's gradient agrees with central differences of its loss",
    arguments: ConvNet.small)
  func gradient(problem: ConvNet) {
    let reference = ReferenceConvNet(problem)
    let batch = SyntheticTask(shape: problem.shape, classes: problem.classes).batch(of: 3)
    let u = randomNormals(problem.layout.count, seed: 4).map(Double.init)
    let expected = centralDifferences(of: { reference.loss($0, batch) }, at: u, step: 1e-6, coordinates: u.indices)
    #expect(relativeError(reference.gradient(u, batch), expected) < 1e-7)
  }
}
