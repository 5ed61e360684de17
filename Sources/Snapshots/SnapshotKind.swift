/// The θ of a run that a snapshot holds. The raw value is the beginning of the snapshot's name.
public enum SnapshotKind: String, CaseIterable, Sendable {
  /// θ as the last step of the outer-optimizer left it.
  case theta
  /// The average of θ over the run, where the run keeps one.
  case average

  /// The ending of every snapshot's name.
  package static let suffix = ".safetensors"

  /// Returns the kind and the step that a name, perhaps from a stranger, stands for; nil where it is no snapshot's.
  ///
  /// A snapshot's name is a kind, a dash, 9 to 18 digits and ``suffix``.
  package static func parse(_ name: String) -> (kind: SnapshotKind, step: Int)? {
    for kind in allCases where name.hasPrefix(kind.rawValue + "-") && name.hasSuffix(suffix) {
      let digits = name.dropFirst(kind.rawValue.count + 1).dropLast(suffix.count)
      guard (9...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
      return Int(digits).map { (kind, $0) }
    }
    return nil
  }
}
