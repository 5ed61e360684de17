package import Engine
package import Foundation

/// A file that Tools/Oracle/make_fixtures.py made: a truncation's recipe, and what PyTorch finds for it in double
/// precision.
package struct OuterGradientFixture: Decodable, Sendable {
  /// What the truncation is of, from which its inputs are made again (``FixtureInputs``).
  package struct Recipe: Decodable, Sendable {
    /// The inner problem's name.
    package var problem: String
    /// The number of inner steps, K.
    package var length: Int
    /// The images of a minibatch, B.
    package var batch: Int
    /// The number of the first inner step.
    package var step: Int
    /// Fresh batches of each step; 0: the loss of the step's own.
    package var outerBatches: Int
    /// Whether θ is one that diverges.
    package var diverging: Bool
    /// The value at which the loss that a step goes down is clipped; nil where it is not.
    package var innerLossClip: Float?
    /// The learned optimizer that takes the steps.
    package var architecture: Architecture
  }

  /// What was computed.
  package var recipe: Recipe
  /// What each inner step counts in the outer-loss.
  package var losses: [Double]
  /// The outer-loss of the truncation.
  package var outerLoss: Double
  /// Its derivative by θ.
  package var gradient: [Double]
  /// Projections on random signs of the inner parameters after the last step; absent where the truncation diverged.
  package var inner: [Double]?
  /// Projections of the momenta likewise.
  package var momenta: [Double]?
  /// Projections of the second moments likewise.
  package var secondMoments: [Double]?
  /// The relative L2 error of PyTorch itself in single precision.
  package var singlePrecisionErrors: [String: Double]

  /// The file of a fixture.
  package static func url(_ name: String) -> URL {
    Repository.fixtures.appending(path: "outer-gradient/\(name).json")
  }

  /// Reads a fixture by its file's name without the extension.
  package init(named name: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(OuterGradientFixture.self, from: Data(contentsOf: Self.url(name)))
  }
}
