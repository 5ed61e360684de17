import Foundation
import Testing

@testable import Experiments

/// The toy problem of figure 3.
@Suite struct ToySurfaceTests {
  @Test("the slope is the loss's, and vanishes at two minima and the maximum between")
  func slope() {
    for x in stride(from: -1.5, through: 4.5, by: 0.25) {
      let difference = (ToySurface.loss(x + 1e-5) - ToySurface.loss(x - 1e-5)) / 2e-5
      #expect(abs(ToySurface.slope(x) - difference) < 1e-6)
    }
    let root = 57.0.squareRoot()
    for x in [0, (21 - root) / 8, (21 + root) / 8] { #expect(abs(ToySurface.slope(x)) < 1e-9) }
  }

  @Test("small steps reach the minimum that is near, and a loss that is too large or none counts the clip")
  func training() {
    var toy = ToySurface()
    toy.start = -1
    toy.lengths = [0, 5_000]
    let losses = toy.losses(logRate: log(1e-4))
    #expect(losses[0] == toy.clip && abs(losses[1]) < 1e-3)
    #expect(toy.losses(logRate: log(10))[1] == toy.clip)
  }

  @Test("for few steps the surface is smooth, for many it is jagged, and smoothed again by the Gaussian")
  func jagged() {
    let curves = ToySurface().curves()
    #expect(curves.count == 4)
    let ratios = curves.map { $0.raw.totalVariation / $0.smoothed.totalVariation }
    #expect(ratios[0] < 1.1)
    #expect(ratios[3] > 3)
  }
}
