import Randomness

/// A plane through θ: the outer-parameters θ + s · along + r · across, of which a line is the part with r = 0.
struct ThetaPlane: Sendable {
  /// A place in the plane.
  struct Place: Sendable, Equatable {
    /// The distance s.
    var along: Double
    /// The distance r.
    var across = 0.0
  }

  var theta: [Float]
  /// A direction of length 1.
  var along: [Double]
  /// A direction of length 1 at right angles to `along`; zeros where only the line is wanted.
  var across: [Double]

  /// Makes the line along one outer-parameter.
  init(_ theta: [Float], outerParameter index: Int) {
    self.theta = theta
    along = theta.indices.map { $0 == index ? 1 : 0 }
    across = theta.map { _ in 0 }
  }

  /// Makes the plane of the outer-gradient and a random direction, which the seed draws.
  ///
  /// The random direction is drawn once for all outer-gradients, and what it has of each is taken off. A gradient that
  /// is 0 or not finite has no direction; another random one is in its place.
  init(_ theta: [Float], gradient: [Double], seed: UInt64) {
    self.theta = theta
    along = Self.unit(gradient) ?? Self.random(theta.count, seed: seed, index: 1)
    let drawn = Self.random(theta.count, seed: seed, index: 0)
    let common = zip(drawn, along).reduce(0) { $0 + $1.0 * $1.1 }
    across = Self.unit(zip(drawn, along).map { $0 - common * $1 }) ?? theta.map { _ in 0 }
  }

  /// Returns the outer-parameters at a place.
  func point(_ place: Place) -> [Float] {
    theta.indices.map { Float(Double(theta[$0]) + place.along * along[$0] + place.across * across[$0]) }
  }

  /// Returns the Euclidean length.
  static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private static func unit(_ vector: [Double]) -> [Double]? {
    let norm = norm(vector)
    return norm.isFinite && norm > 0 ? vector.map { $0 / norm } : nil
  }

  private static func random(_ count: Int, seed: UInt64, index: UInt64) -> [Double] {
    var random = RandomStream(seed: seed, purpose: .figureDirection, index)
    let normals = random.normals(count).map { Double($0) }
    return unit(normals) ?? normals
  }
}
