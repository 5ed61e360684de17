import Files
import Foundation

/// A value as the tool prints it.
enum JSONText {
  static func of(_ value: some Encodable) throws -> String {
    String(decoding: try AtomicFile.json(value).dropLast(), as: UTF8.self)
  }
}
