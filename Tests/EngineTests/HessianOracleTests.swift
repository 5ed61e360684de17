import Foundation
import TestSupport
import Testing

@testable import Engine

/// Loss, gradient and Hessian-vector product of the inner problems against PyTorch in double precision.
@Suite struct HessianOracleTests {
  struct Fixture: Decodable {
    var batch: Int
    var loss: Double
    /// Projections on random signs.
    var gradient: [Double]
    var product: [Double]
  }

  @Test(
    "an inner problem's derivatives are PyTorch's within 1e-5, on every instruction set",
    arguments: InnerProblems.all.map(\.name))
  func derivatives(name: String) throws {
    let url = OuterGradientFixture.url("hessian-\(name)")
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    let problem = try InnerProblems.named(name)
    let parameters = FloatBuffer(FixtureInputs.innerParameters(problem.layout))
    let vector = FloatBuffer(FixtureInputs.signed(700, parameters.count).map { Float($0) })
    let gradient = FloatBuffer(parameters.count)
    let product = FloatBuffer(parameters.count)

    var batch = Batch(size: fixture.batch, shape: problem.shape)
    FixtureImages(batch: fixture.batch, shape: problem.shape).fill(&batch, for: .inner, step: 0)
    for kernels in Kernels.available {
      let evaluator = problem.makeEvaluator(batch: fixture.batch, kernels: kernels)
      evaluator.load(batch)
      let loss = evaluator.gradient(at: parameters, into: gradient)
      evaluator.hessianVectorProduct(at: parameters, vector: vector, into: product)

      #expect(abs(Double(loss) - fixture.loss) < 1e-5 * fixture.loss, "\(kernels.name)")
      #expect(relativeError(FixtureInputs.projections(gradient.array), fixture.gradient) < 1e-5, "\(kernels.name)")
      #expect(relativeError(FixtureInputs.projections(product.array), fixture.product) < 1e-5, "\(kernels.name)")
    }
  }
}
