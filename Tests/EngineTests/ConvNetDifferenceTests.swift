import Testing

@testable import Engine

/// The derivatives of small convolutional networks against central differences, in Double, of the reference.
@Suite struct ConvNetDifferenceTests {
  @Test(
    "loss, gradient and Hessian-vector product agree with central differences of the reference, on every instruction set",
    arguments: ConvNet.small, [1, 4])
  func derivatives(problem: ConvNet, images: Int) {
    let batch = SyntheticTask(shape: problem.shape, classes: problem.classes).batch(of: images)
    let start = zip(problem.initialParameters(seed: 1), randomNormals(problem.layout.count, seed: 1))
      .map { $0 + 0.1 * $1 }
    let direction = randomNormals(problem.layout.count, seed: 2)
    let reference = ReferenceConvNet(problem)
    let u = start.map(Double.init)
    let slopes = centralDifferences(of: { reference.loss($0, batch) }, at: u, step: 1e-5, coordinates: u.indices)
    let curvature = centralDifference(
      of: { reference.gradient($0, batch) }, at: u, along: direction.map(Double.init), step: 1e-6)
    for kernels in Kernels.available {
      let parameters = FloatBuffer(start)
      let gradient = FloatBuffer(start.count)
      let product = FloatBuffer(start.count)
      let evaluator = ConvNetEvaluator(problem, batch: images, kernels: kernels)
      evaluator.load(batch)
      let loss = evaluator.gradient(at: parameters, into: gradient)
      evaluator.hessianVectorProduct(at: parameters, vector: FloatBuffer(direction), into: product)
      #expect(relativeError([Double(loss)], [reference.loss(u, batch)]) < 5e-6, "\(kernels.name)")
      #expect(relativeError(gradient.array.map(Double.init), slopes) < 5e-6, "\(kernels.name)")
      #expect(relativeError(product.array.map(Double.init), curvature) < 5e-6, "\(kernels.name)")
    }
  }
}
