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
}
