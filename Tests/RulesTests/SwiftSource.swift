/// A Swift file, with its comments and strings told from its code.
struct SwiftSource: Sendable {
  /// The file's lines as they are.
  let lines: [Substring]
  /// The same lines with spaces in place of comments and of what strings hold.
  let code: [Substring]
  /// The words of the code, in order.
  let words: [Word]

  /// An identifier or keyword in the code.
  struct Word: Sendable {
    let text: String
    /// Counted from 1.
    let line: Int
    /// The character before it, and that behind it, spaces left out; 0 where there is none.
    let before: UInt8, after: UInt8
    /// The word before it; empty for the first.
    let previous: String

    /// Whether it stands as the name of a function that is called without a receiver, or with its module's name.
    func isCall(in words: [Word], at index: Int) -> Bool {
      guard after == UInt8(ascii: "("), previous != "func" else { return false }
      return before != UInt8(ascii: ".") || ["Glibc", "Foundation", "Darwin"].contains(previous)
    }
  }

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let masked = Self.masked(bytes)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = String(decoding: masked, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    words = Self.words(in: masked)
  }

  /// The text with spaces for every byte of a comment and of what a string holds.
  private static func masked(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var index = 0
    let newline = UInt8(ascii: "\n"), quote = UInt8(ascii: "\""), hash = UInt8(ascii: "#")
    let slash = UInt8(ascii: "/"), star = UInt8(ascii: "*"), backslash = UInt8(ascii: "\\")
    func at(_ position: Int) -> UInt8 { position < bytes.count ? bytes[position] : 0 }
    func blank() {
      if bytes[index] != newline { result[index] = UInt8(ascii: " ") }
      index += 1
    }
    while index < bytes.count {
      if at(index) == slash, at(index + 1) == slash {
        while index < bytes.count, bytes[index] != newline { blank() }
      } else if at(index) == slash, at(index + 1) == star {
        var depth = 0
        repeat {
          if at(index) == slash, at(index + 1) == star {
            depth += 1
            blank()
          } else if at(index) == star, at(index + 1) == slash {
            depth -= 1
            blank()
          }
          blank()
        } while depth > 0 && index < bytes.count
      } else if at(index) == quote || (at(index) == hash && (at(index + 1) == quote || at(index + 1) == hash)) {
        var hashes = 0
        while at(index + hashes) == hash { hashes += 1 }
        guard at(index + hashes) == quote else {
          index += 1
          continue
        }
        let isLong = at(index + hashes + 1) == quote && at(index + hashes + 2) == quote
        let end = Array(repeating: quote, count: isLong ? 3 : 1) + Array(repeating: hash, count: hashes)
        for _ in 0..<(hashes + (isLong ? 3 : 1)) { blank() }
        while index < bytes.count {
          // A string that is not ended on its line was none, such as a quote in a regular expression.
          if !isLong, bytes[index] == newline { break }
          if bytes[index...].starts(with: end) {
            for _ in end { blank() }
            break
          }
          if hashes == 0, bytes[index] == backslash, index + 1 < bytes.count { blank() }
          if index < bytes.count { blank() }
        }
      } else {
        index += 1
      }
    }
    return result
  }

  private static func words(in bytes: [UInt8]) -> [Word] {
    func isPart(_ byte: UInt8) -> Bool {
      byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
    var result: [Word] = []
    var line = 1
    var index = 0
    var before: UInt8 = 0
    while index < bytes.count {
      guard isPart(bytes[index]) else {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        if !isSpace(bytes[index]) { before = bytes[index] }
        index += 1
        continue
      }
      let start = index
      while index < bytes.count, isPart(bytes[index]) { index += 1 }
      let after = bytes[index...].first { $0 != UInt8(ascii: " ") } ?? 0
      result.append(
        Word(
          text: String(decoding: bytes[start..<index], as: UTF8.self), line: line, before: before, after: after,
          previous: result.last?.text ?? ""))
      before = bytes[index - 1]
    }
    return result
  }
}
