public import Engine
public import Foundation

/// A file that Tests/Oracle/make_fixtures.py made: a truncation's recipe, and what PyTorch finds for it in double
/// precision.
public struct OuterGradientFixture: Decodable, Sendable {
  public struct Recipe: Decodable, Sendable {
    public var problem: String
    public var length: Int
    public var batch: Int
    /// The number of the first inner step.
    public var step: Int
    /// Fresh batches of each step; 0: the loss of the step's own.
    public var outerBatches: Int
    /// Whether θ is one that diverges.
    public var diverging: Bool
    public var architecture: Architecture
  }

  public var recipe: Recipe
  public var losses: [Double]
  public var outerLoss: Double
  public var gradient: [Double]
  /// Projections on random signs of the state after the last step; absent where the truncation diverged.
  public var inner: [Double]?
  public var momenta: [Double]?
  public var secondMoments: [Double]?
  /// The relative L2 error of PyTorch itself in single precision.
  public var singlePrecisionErrors: [String: Double]

  public static func url(_ name: String) -> URL {
    Repository.fixtures.appending(path: "outer-gradient/\(name).json")
  }

  public init(named name: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(OuterGradientFixture.self, from: Data(contentsOf: Self.url(name)))
  }
}
