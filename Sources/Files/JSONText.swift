public import Foundation

/// JSON as the tools print it and keep it in files: indented, keys sorted, slashes as they are, a newline at the end.
///
/// The same value gives the same bytes.
public enum JSONText {
  /// Returns the text of a value, as UTF-8.
  public static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// Prints a value on standard output, as a command does that is given `--json`.
  public static func print(_ value: some Encodable) throws {
    Swift.print(String(decoding: try data(value), as: UTF8.self), terminator: "")
  }
}
