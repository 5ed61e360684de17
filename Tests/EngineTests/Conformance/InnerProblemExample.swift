import TestSupport

@testable import Engine

/// A problem's evaluator, with one batch loaded, at parameters of which the biases are not zero either.
struct InnerProblemExample {
  static let images = 5

  let problem: any InnerProblem
  let evaluator: any InnerEvaluator
  let parameters: FloatBuffer

  init(_ problem: any InnerProblem) {
    self.problem = problem
    evaluator = problem.makeEvaluator(batch: Self.images, kernels: .forTests)
    let moved = zip(problem.initialParameters(seed: 1), randomNormals(problem.layout.count, seed: 2))
    parameters = FloatBuffer(moved.map { $0 + 0.02 * $1 })
    load(step: 0)
  }

  func load(step: Int) {
    evaluator.load(SyntheticTask(shape: problem.shape, classes: problem.classes).batch(of: Self.images, step: step))
  }

  /// The parameters moved along a direction.
  func moved(_ step: Float, along direction: [Float]) -> FloatBuffer {
    FloatBuffer(zip(parameters.array, direction).map { $0 + step * $1 })
  }

  func gradient(at parameters: FloatBuffer) -> [Float] {
    let gradient = FloatBuffer([Float](repeating: .nan, count: parameters.count))
    _ = evaluator.gradient(at: parameters, into: gradient)
    return gradient.array
  }

  func hessianVectorProduct(_ vector: [Float]) -> [Float] {
    _ = gradient(at: parameters)
    let product = FloatBuffer([Float](repeating: .nan, count: parameters.count))
    evaluator.hessianVectorProduct(at: parameters, vector: FloatBuffer(vector), into: product)
    return product.array
  }

  /// A random direction of length 1 in the parameters from `start` on.
  func direction(seed: UInt64, from start: Int = 0) -> [Float] {
    let normals = randomNormals(parameters.count, seed: seed).enumerated().map { $0 < start ? 0 : $1 }
    let length = Float(norm(normals.map(Double.init)))
    return normals.map { $0 / length }
  }
}
