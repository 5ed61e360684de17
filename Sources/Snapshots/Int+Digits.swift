extension Int {
  /// Returns the number in decimal digits, with zeros before it where it has fewer than `count`: names of files by number
  /// then stand in the order of the numbers.
  func digits(atLeast count: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, count - digits.count)) + digits
  }
}
