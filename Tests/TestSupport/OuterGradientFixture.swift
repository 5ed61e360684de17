package import Engine
package import Foundation

/// A file that Tools/Oracle/make_fixtures.py made: a truncation's recipe, and what PyTorch finds for it in double
/// precision.
package struct OuterGradientFixture: Decodable, Sendable {
  package struct Recipe: Decodable, Sendable {
    package var problem: String
    package var length: Int
    package var batch: Int
    /// The number of the first inner step.
    package var step: Int
    /// Fresh batches of each step; 0: the loss of the step's own.
    package var outerBatches: Int
    /// Whether θ is one that diverges.
    package var diverging: Bool
    package var architecture: Architecture
  }

  package var recipe: Recipe
  package var losses: [Double]
  package var outerLoss: Double
  package var gradient: [Double]
  /// Projections on random signs of the state after the last step; absent where the truncation diverged.
  package var inner: [Double]?
  package var momenta: [Double]?
  package var secondMoments: [Double]?
  /// The relative L2 error of PyTorch itself in single precision.
  package var singlePrecisionErrors: [String: Double]

  package static func url(_ name: String) -> URL {
    Repository.fixtures.appending(path: "outer-gradient/\(name).json")
  }

  package init(named name: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(OuterGradientFixture.self, from: Data(contentsOf: Self.url(name)))
  }
}
