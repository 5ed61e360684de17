import Foundation
import Testing

@testable import Files

/// What strangers' text becomes before people see it.
@Suite struct PrintableTextTests {
  /// Characters that a terminal obeys or nobody sees: ESC, BEL, DEL, CSI as one character, a carriage return, separators of
  /// lines and paragraphs, controls of direction, a byte order mark, a soft hyphen, a tag.
  private static let unprintable: [Unicode.Scalar] = [
    "\u{1B}", "\u{7}", "\0", "\u{7F}", "\u{9B}", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}",
    "\u{200F}",
    "\u{61C}", "\u{FEFF}", "\u{AD}", "\u{E0041}",
  ]

  @Test("what is not printable is written as JSON escapes it, so that nothing of it is lost", arguments: unprintable)
  func escaped(scalar: Unicode.Scalar) throws {
    let text = "a\(scalar)[31mb"
    for shown in [text.printable(), text.printableLine, text.printableLines] {
      #expect(shown.unicodeScalars.allSatisfy { $0.isPrintable } && shown.hasPrefix("a\\u"), "\(shown)")
      #expect(try JSONDecoder().decode(String.self, from: Data("\"\(shown)\"".utf8)) == text)
    }
  }

  @Test(
    "text of any script stays as it is, with the joiners that scripts need",
    arguments: ["", "tench, Tinca tinca", "Ångström – “é”", "می\u{200C}خواهم", "👩\u{200D}🚀", "日本語", "e\u{301}"])
  func kept(text: String) {
    #expect(text.printable() == text && text.printableLine == text && text.printableLines == text)
  }

  @Test("a line stays one line: a newline becomes a space, and what is too long ends with an ellipsis")
  func oneLine() {
    #expect("a\nok b\r\nc".printable() == #"a ok b\u000d c"#)
    #expect("abcdef".printable(upTo: 3) == "abc…")
    #expect(String(repeating: "x", count: 100_000).printableLine.count == 4_001)
  }

  @Test("JSON is the same value, on the same lines")
  func json() throws {
    let value = ["\u{9B}1m\u{202E}": "a\u{7F}\u{E0041}\u{1B}"]
    let text = String(decoding: try JSONText.data(value), as: UTF8.self)
    #expect(text.contains("\u{9B}"), "JSON itself allows it")
    let shown = text.printableLines
    #expect(shown.unicodeScalars.allSatisfy { $0.isPrintable || $0 == "\n" })
    #expect(try JSONDecoder().decode([String: String].self, from: Data(shown.utf8)) == value)
    #expect(shown.split(separator: "\n").count == text.split(separator: "\n").count)
  }
}
