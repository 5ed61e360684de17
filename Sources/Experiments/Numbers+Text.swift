import Foundation

extension Double {
  /// The number with three significant digits, without zeros behind the point that say nothing.
  var short: String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : "\(self)" }
    return String(format: abs(self) >= 1_000 ? "%.0f" : "%.3g", self)
  }
}

extension Float {
  var short: String { Double(self).short }
}

extension Int {
  /// The number with a comma between thousands.
  var grouped: String {
    let digits = String(magnitude)
    let groups = digits.enumerated().map { position, digit in
      position > 0 && (digits.count - position) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (self < 0 ? "−" : "") + groups.joined()
  }

  /// The number as a count of steps, for example "1,000 steps".
  var steps: String { self == 1 ? "1 step" : "\(grouped) steps" }
}
