import Files
import Foundation

/// Standard output that a program reads.
enum JSONOutput {
  /// Prints a value as JSON, the same for the same value.
  static func print(_ value: some Encodable) throws {
    Swift.print(String(decoding: try AtomicFile.json(value), as: UTF8.self), terminator: "")
  }
}
