import Foundation

extension Double {
  /// The number as losses are told to people: with four digits after the point.
  package var lossText: String { String(format: "%.4f", self) }

  /// The number as learning rates are told to people: with four digits that count.
  package var rateText: String { String(format: "%.4g", self) }
}
