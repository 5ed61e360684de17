/// The records of a pax header that the reader needs: each is its length, a space, `key=value` and a newline.
struct PaxRecords {
  /// The next entry's name; nil where no record gives it.
  var path: String?
  /// The next entry's size in bytes; nil where no record gives it.
  var size: Int?
  /// Whether the next entry is a file with holes, stored as GNU tar does in pax's formats 0.0, 0.1 and 1.0.
  var isSparse = false

  /// Reads the records; nil where they are malformed.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    var sparseName: String?
    while let first = rest.first, first != 0 {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1, length <= rest.count
      else { return nil }
      let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      let key = String(decoding: record[..<equals], as: UTF8.self)
      if key.hasPrefix("GNU.sparse.") { isSparse = true }
      switch key {
      case "path": path = value
      case "GNU.sparse.name": sparseName = value
      case "size":
        guard let number = Int(value), number >= 0 else { return nil }
        size = number
      default: continue
      }
    }
    path = sparseName ?? path
  }
}
