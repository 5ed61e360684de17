import Foundation
import Testing

@testable import Files

@Suite struct JSONFaultTests {
  private func fault(_ data: Data) -> String? {
    do {
      try JSONFault.check(data)
      return nil
    } catch { return "\(error)" }
  }

  @Test(
    "a fault is named by its line and column",
    arguments: [
      ("", "line 1, column 1: the text ends where a value must stand"),
      ("{\"a\": 1,\r\n \"b\" 2}", "line 2, column 6: a colon must stand here, not 2"),
      ("{\n  \"é\": 1 // mine\n}", "line 2, column 10: JSON has no comments: a comma or } must stand here"),
      (
        "{'a': 1}",
        "line 1, column 2: text stands in straight double quotes: a key in double quotes, or } must stand here"
      ),
      ("{\"a\": NaN}", "line 1, column 7: NaN is no value of JSON: a text stands in double quotes"),
      ("{\"a\": [0, 1e400]}", "line 1, column 11: the number 1e400 of a[1] is too large"),
      ("-1e999", "line 1, column 1: the number -1e999 is too large"),
      ("{\"a\": 01}", "line 1, column 7: 01 is no number of JSON"),
      ("{\"a\": \"b}", "line 1, column 7: a text begins here that does not end"),
      ("{\"a\": \"\\x\"}", "line 1, column 8: \\x is no escape of JSON"),
      ("[1 2]", "line 1, column 4: a comma or ] must stand here, not 2"),
      ("{} {}", "line 1, column 4: something stands behind the end of the value"),
    ])
  func places(text: String, message: String) { #expect(fault(Data(text.utf8)) == message) }

  @Test("a value is found by its place, through arrays, escapes and other values of the name")
  func valuePlaces() {
    let text = Data("{\"b\": {\"a\": 1},\n \"\\u0061\": [{\"b\": 2}, {\"b\": 3}], \"c\": \"x\"}".utf8)
    for (path, line, column) in [("b", 1, 7), ("b.a", 1, 13), ("a[1].b", 2, 29), ("c", 2, 39), ("", 1, 1)] {
      let place = JSONFault.place(of: path, in: text)
      #expect(place?.line == line && place?.column == column, "\(path): \(String(describing: place))")
    }
    for path in ["d", "a[2]", "a.b", "b[0]"] { #expect(JSONFault.place(of: path, in: text) == nil, "\(path)") }
  }

  @Test("a key that an object has twice is a fault, however it is written")
  func twice() {
    let text = "{\"outer\": {\"sigma\": 0.5},\n \"seed\": 1, \"o\\u0075ter\": {}}"
    #expect(
      fault(Data(text.utf8))
        == "line 2, column 13: the key outer is there for the second time, after line 1, column 2: keep one, with all that "
        + "both hold")
    #expect(fault(Data(#"{"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}], "B": 1}"#.utf8)) == nil)
  }

  @Test("what Foundation reads is no fault: commas at the end, byte order marks, UTF-16, large numbers, many levels")
  func accepted() throws {
    let text = "{\"a\": [1, -2.5e+3, true, null, \"\\ud83d\\ude00\\n\",], \"b\": {\"c\": 1e308,},}\r\n"
    let utf16 = text.utf16
    for data in [
      Data(text.utf8), Data(("\u{FEFF}" + text).utf8),
      Data([0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      Data(utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      Data(utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
      Data((String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).utf8),
    ] { #expect(fault(data) == nil) }
    #expect(fault(Data(String(repeating: "[", count: 100_000).utf8))?.contains("more than 512 levels") == true)
  }
}
