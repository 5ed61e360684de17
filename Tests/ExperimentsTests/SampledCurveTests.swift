import Foundation
import Testing

@testable import Experiments

@Suite struct SampledCurveTests {
  private func sample(_ function: (Double) -> Double) -> SampledCurve {
    SampledCurve(first: -1, spacing: 0.01, values: (0...200).map { function(-1 + 0.01 * Double($0)) })
  }

  @Test("smoothing leaves constants and lines as they are, without 3 σ at each end")
  func line() {
    let smoothed = sample { 2 - 3 * $0 }.smoothed(sigma: 0.1)
    #expect(smoothed.values.count == 201 - 60)
    for index in smoothed.values.indices { #expect(abs(smoothed.values[index] - (2 - 3 * smoothed.x(index))) < 1e-12) }
    #expect(abs(smoothed.x(0) + 0.7) < 1e-12)
  }

  @Test("cos ωx becomes exp(−ω²σ²/2) cos ωx, to what lies beyond 3 σ", arguments: [1.0, 10, 20])
  func cosine(omega: Double) {
    let sigma = 0.1
    let smoothed = sample { cos(omega * $0) }.smoothed(sigma: sigma)
    for index in smoothed.values.indices {
      let expected = exp(-pow(omega * sigma, 2) / 2) * cos(omega * smoothed.x(index))
      #expect(abs(smoothed.values[index] - expected) < 5e-3)
    }
  }

  @Test("the total variation of a monotone curve is its range, of a wave twice its height for each half")
  func variation() {
    #expect(abs(sample { $0 * $0 * $0 }.totalVariation - 2) < 1e-12)
    #expect(abs(sample { sin(2 * .pi * $0) }.totalVariation - 8) < 1e-9)
    #expect(sample { _ in 1 }.totalVariation == 0)
  }

  @Test("trimming takes values from both ends and moves the first")
  func trimmed() {
    let trimmed = sample { $0 }.trimmed(by: 50)
    #expect(trimmed.values.count == 101 && abs(trimmed.first + 0.5) < 1e-12 && abs(trimmed.values[0] + 0.5) < 1e-12)
  }
}
