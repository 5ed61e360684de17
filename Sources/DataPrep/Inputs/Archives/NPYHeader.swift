import Files

/// The header of an array in numpy's format `.npy`.
///
/// It is a magic string, the version, the length of a text, and that text: a Python dictionary with the keys `descr`,
/// `fortran_order` and `shape`. Source: numpy's `numpy/lib/format.py`, "Format Version 1.0", 2.0 and 3.0.
struct NPYHeader {
  /// The form in which one number of the array is stored: an integer of `size` bytes.
  struct Element: Equatable {
    var size: Int
    var isBigEndian: Bool
  }

  /// The longest header in bytes that is read.
  private static let longest = 1 << 16

  /// The form of the numbers; nil where they are not integers of 1, 2, 4 or 8 bytes.
  var element: Element?
  /// The sizes of the dimensions.
  var shape: [Int]

  /// Reads the header at the beginning of an archive's member.
  /// - Throws: ``DataPrepError`` where there is none, or the array is in Fortran's order.
  init(_ reader: ZipMemberReader) throws {
    func refuse() -> DataPrepError {
      DataPrepError(
        .otherFormat, reader.path, "a member is no array in numpy's format that can be read without pickle, in C order")
    }
    guard reader.size >= 12 else { throw refuse() }
    let prefix = try reader.read(8)
    guard prefix[..<6] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], (1...3).contains(prefix[6]) else { throw refuse() }
    let lengthBytes = try reader.read(prefix[6] == 1 ? 2 : 4)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longest, length <= reader.size - reader.offset else { throw refuse() }
    let text = String(decoding: try reader.read(length), as: UTF8.self)
    guard Self.value("fortran_order", in: text)?.hasPrefix("False") == true, let type = Self.value("descr", in: text),
      let shape = Self.value("shape", in: text).flatMap(Self.shape)
    else { throw refuse() }
    self.shape = shape
    element = Self.element(type)
  }

  /// Returns the text that follows a key of the dictionary, without leading spaces; nil where there is no such key.
  private static func value(_ key: String, in text: String) -> Substring? {
    for quote in ["'", "\""] {
      let parts = text.split(separator: "\(quote)\(key)\(quote):", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { return parts[1].drop { $0 == " " } }
    }
    return nil
  }

  /// Reads a shape such as `(3, 4)`, `(3,)` or `()`.
  private static func shape(_ text: Substring) -> [Int]? {
    guard text.first == "(", let end = text.firstIndex(of: ")") else { return nil }
    let sizes = text[text.index(after: text.startIndex)..<end].split(separator: ",")
      .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let numbers = sizes.compactMap { Int($0) }
    guard numbers.count == sizes.count, numbers.allSatisfy({ (0...Int(UInt32.max)).contains($0) }) else { return nil }
    return numbers
  }

  /// Reads a type such as `'|u1'` or `'<i8'`.
  private static func element(_ text: Substring) -> Element? {
    let code = text.dropFirst().prefix { $0 != "'" && $0 != "\"" }
    guard code.count == 3, let order = code.first, "<>|".contains(order), "iu".contains(code.dropFirst().first ?? " "),
      let size = code.last?.wholeNumberValue, [1, 2, 4, 8].contains(size)
    else { return nil }
    return Element(size: size, isBigEndian: order == ">")
  }
}
