/// The records of a pax header that the reader needs: each is its length, a space, `key=value` and a newline.
struct PaxRecords {
  /// The next entry's name; nil where no record gives it.
  var path: String?
  /// The next entry's size in bytes; nil where no record gives it.
  var size: Int?

  /// Reads the records; nil where they are malformed.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1, length <= rest.count
      else { return nil }
      let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": path = value
      case "size":
        guard let number = Int(value), number >= 0 else { return nil }
        size = number
      default: continue
      }
    }
  }
}
