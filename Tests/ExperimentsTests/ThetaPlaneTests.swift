import Testing

@testable import Experiments

/// The planes of θ in which figure 3 looks.
@Suite struct ThetaPlaneTests {
  private let theta: [Float] = [1, -2, 0.5, 3]

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test("a plane is spanned by the gradient's direction and another at right angles, both of length 1")
  func directions() {
    let plane = ThetaPlane(theta, gradient: [3, 0, 0, 4], seed: 1)
    #expect(zip(plane.along, [0.6, 0, 0, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(abs(ThetaPlane.norm(plane.across) - 1) < 1e-12)
    #expect(abs(dot(plane.along, plane.across)) < 1e-12)
  }

  @Test("its middle is θ, and a place is so far from it")
  func point() {
    let plane = ThetaPlane(theta, gradient: [3, 0, 0, 4], seed: 1)
    #expect(plane.point(.init(along: 0)) == theta)
    #expect(plane.point(.init(along: 5)) == [4, -2, 0.5, 7])
    let moved = zip(plane.point(.init(along: 0.3, across: 0.4)), theta).map { Double($0 - $1) }
    #expect(abs(ThetaPlane.norm(moved) - 0.5) < 1e-6)
  }

  @Test("another seed has another random direction")
  func seed() {
    let planes = [1, 1, 2].map { ThetaPlane(theta, gradient: [3, 0, 0, 4], seed: $0) }
    #expect(planes[0].across == planes[1].across && planes[0].across != planes[2].across)
  }

  @Test(
    "a gradient that is 0 or not finite has a random direction in its place", arguments: [0, Double.infinity, .nan])
  func noDirection(value: Double) {
    let plane = ThetaPlane(theta, gradient: [0, 0, 0, value], seed: 1)
    #expect(abs(ThetaPlane.norm(plane.along) - 1) < 1e-12 && abs(dot(plane.along, plane.across)) < 1e-12)
  }

  @Test("the line along an outer-parameter moves it alone")
  func line() {
    let line = ThetaPlane(theta, outerParameter: 2)
    #expect(line.point(.init(along: 0.25)) == [1, -2, 0.75, 3])
  }
}
