/// The part of a file that a request asks for (RFC 9110, 14.2).
enum ByteRange: Equatable {
  /// All bytes of the file.
  case whole
  /// The bytes of this range, which is not empty.
  case part(Range<Int>)
  /// A range of which no byte is in the file.
  case unsatisfiable

  /// Reads a range.
  /// - Parameters:
  ///   - header: the value of `Range`. Several ranges, or text that is not understood, ask for the whole file.
  ///   - size: the size of the file in bytes.
  init(_ header: String?, size: Int) {
    self = .whole
    // Two numbers of any use are far shorter; a longer text is not worth the time of reading it.
    guard let header, header.utf8.count <= 128, let match = header.wholeMatch(of: /bytes=\s*(\d*)-(\d*)\s*/) else {
      return
    }
    // A number beyond what Int holds is beyond every file.
    let (first, last) = (Self.number(match.1), Self.number(match.2))
    switch (first, last) {
    case (let first?, _) where first >= size: self = .unsatisfiable
    case (let first?, let last?) where last >= first: self = .part(first..<min(last, size - 1) + 1)
    case (let first?, nil) where match.2.isEmpty: self = .part(first..<size)
    case (nil, let count?) where match.1.isEmpty:
      self = count == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
    default: break
    }
  }

  private static func number(_ digits: Substring) -> Int? { digits.isEmpty ? nil : Int(digits) ?? .max }
}
