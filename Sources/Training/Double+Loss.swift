import Foundation

extension Double {
  /// The number as losses are told to people: with four digits after the point.
  package var lossText: String { String(format: "%.4f", self) }
}
