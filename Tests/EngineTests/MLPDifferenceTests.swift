import TestSupport
import Testing

@testable import Engine

/// The derivatives of small MLPs against central differences, in Double, of the reference.
@Suite struct MLPDifferenceTests {
  static let shape = ImageShape(height: 3, width: 4, channels: 1)
  static let problems = [[], [1], [7, 5], [4, 17, 3]].map {
    MLP(name: "hidden \($0)", shape: shape, hidden: $0, classes: 6)
  }

  @Test(
    "loss, gradient and Hessian-vector product agree with central differences of the reference", arguments: problems,
    [1, 6])
  func derivatives(problem: MLP, images: Int) {
    let batch = SyntheticTask(shape: Self.shape, classes: 6).batch(of: images)
    let start = randomNormals(problem.layout.count, seed: 1)
    let parameters = FloatBuffer(start)
    let direction = randomNormals(problem.layout.count, seed: 2)
    let gradient = FloatBuffer(start.count)
    let product = FloatBuffer(start.count)
    let evaluator = problem.makeEvaluator(batch: images, kernels: .forTests)
    evaluator.load(batch)
    let loss = evaluator.gradient(at: parameters, into: gradient)
    evaluator.hessianVectorProduct(at: parameters, vector: FloatBuffer(direction), into: product)

    let reference = ReferenceMLP(problem)
    let u = start.map(Double.init)
    let slopes = centralDifferences(of: { reference.loss($0, batch) }, at: u, step: 1e-5, coordinates: u.indices)
    let curvature = centralDifference(
      of: { reference.gradient($0, batch) }, at: u, along: direction.map(Double.init), step: 1e-6)
    // Measured over all instruction sets: 2e-6 (of a small loss), 5e-7 and 5e-7.
    #expect(relativeError([Double(loss)], [reference.loss(u, batch)]) < 5e-6)
    #expect(relativeError(gradient.array.map(Double.init), slopes) < 5e-6)
    #expect(relativeError(product.array.map(Double.init), curvature) < 5e-6)
  }
}
