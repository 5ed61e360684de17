import Files
import Foundation
package import Logging

/// A log of one line an event on standard error: time (UTC), level, message, and what belongs to it as `key=value`.
package struct ConsoleHandler: LogHandler {
  package var logLevel = Logger.Level.info
  package var metadata: Logger.Metadata = [:]

  package init() {}

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let line = Self.line(
      at: Date(), level: event.level, message: event.message,
      metadata: metadata.merging(event.metadata ?? [:]) { $1 })
    StandardError.write(line + "\n")
  }

  /// The line of an event; a newline in it is shown as a space, so that it stays one.
  static func line(at date: Date, level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { key, value in
      let text = "\(value)"
      return text.contains(" ") ? "\(key)=\"\(text)\"" : "\(key)=\(text)"
    }
    let words = [date.formatted(.iso8601), level.rawValue, "\(message)"] + pairs
    return words.joined(separator: " ").replacing("\n", with: " ")
  }
}
