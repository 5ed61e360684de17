import Testing

@testable import Engine

/// The step of θ where numbers end.
@Suite struct OuterAdamTests {
  @Test("a coordinate that a step would take beyond every number stays where it is; the others move")
  func staysFinite() {
    let start: [Float] = [3.4e38, -3.4e38, 0.5, 0]
    var theta = start
    var adam = OuterAdam(count: 4)
    for gradient in [[-1, 1, 1, 1e15], [.nan, .infinity, -.infinity, .nan]] as [[Double]] {
      adam.update(&theta, gradient: gradient, learningRate: 1e38, settings: .small)
      #expect(theta.allSatisfy(\.isFinite) && (adam.first + adam.second).allSatisfy(\.isFinite))
      #expect(theta[0] == start[0] && theta[1] == start[1])
    }
    #expect(theta[2] < -1e37 && theta[3] < -1e37)
  }
}
