import Files
import Foundation
import TestSupport
import Testing

@Suite struct JSONValueTests {
  @Test("an object keeps the order of its keys; each value has a line")
  func text() {
    let value: JSONValue = [
      "name": .string("θ/1"), "empty": .array([]), "none": .object([]), "absent": .string(nil), "is": .bool(true),
      "shape": .numbers([14, 14]), "in": ["b": .number(1), "a": .strings(["x"])],
    ]
    #expect(
      value.text == """
        {
          "name": "θ/1",
          "empty": [],
          "none": {},
          "absent": null,
          "is": true,
          "shape": [
            14,
            14
          ],
          "in": {
            "b": 1,
            "a": [
              "x"
            ]
          }
        }
        """)
  }

  @Test("only what JSON demands is escaped, and read back it is the same")
  func escaped() throws {
    let text = "\"\\\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f} é"
    #expect(JSONValue.string(text).text == "\"\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u001f\u{7f} é\"")
    #expect(try JSONDecoder().decode(String.self, from: Data(JSONValue.string(text).text.utf8)) == text)
  }

  @Test(
    "a number that is read keeps its value and is written as briefly as it can be",
    arguments: [
      ("0", "0"), ("-3", "-3"), ("18446744073709551615", "18446744073709551615"), ("0.1", "0.1"), ("1e-8", "1e-08"),
      ("0.011066000000000001", "0.011066000000000001"),
    ])
  func numbers(given: String, written: String) throws {
    #expect(try JSONDecoder().decode([JSONValue].self, from: Data("[\(given)]".utf8)) == [.number(written)])
  }

  @Test(
    "settings and evaluations of the model cards that are shipped come out as they stand there",
    arguments: ["conv3x32-train", "conv3x8@16-train", "conv3x8@16-validation", "mlp2x32-train"])
  func shipped(name: String) throws {
    struct Card: Decodable {
      var settings: JSONValue
      var evaluations: [JSONValue]
    }
    func withoutIndentation(_ text: String) -> String { text.replacing(/(?m)^ +/, with: "") }
    let bytes = try Data(contentsOf: Repository.root.appending(path: "Examples/theta/\(name).json"))
    let card = try JSONDecoder().decode(Card.self, from: bytes)
    let text = withoutIndentation(String(decoding: bytes, as: UTF8.self))
    for value in [card.settings] + card.evaluations { #expect(text.contains(withoutIndentation(value.text))) }
  }

  @Test("what is read has sorted keys, and keys can be left out")
  func read() throws {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(#"{"b": null, "a": [true, "x"], "c": {}}"#.utf8))
    #expect(value == ["a": .array([.bool(true), .string("x")]), "b": .null, "c": .object([])])
    #expect(value.without(["b", "c"]) == ["a": .array([.bool(true), .string("x")])])
    #expect(JSONValue.null.without(["b"]) == .null)
  }
}
