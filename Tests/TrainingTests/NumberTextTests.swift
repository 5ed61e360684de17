import Testing

@testable import Training

@Suite struct NumberTextTests {
  @Test("losses and learning rates are told with four digits")
  func digits() {
    #expect(2.302585092994046.lossText == "2.3026")
    #expect(
      [0.04641588777303696, 0.00046415888, 0.1, 1e-5].map(\.rateText) == ["0.04642", "0.0004642", "0.1", "1e-05"])
  }
}
