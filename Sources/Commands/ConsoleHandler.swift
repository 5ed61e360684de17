import Files
import Foundation
package import Logging

/// A log handler that writes a line for each event on standard error: time (UTC), level, message, and metadata as
/// `key=value`. It ends the line of a bar that is drawn there.
package struct ConsoleHandler: LogHandler {
  /// The least level that is logged.
  package var logLevel = Logger.Level.info
  /// The metadata that every line gets.
  package var metadata: Logger.Metadata = [:]

  /// Makes a handler of the level `info`.
  package init() {}

  /// The metadata of a key; nil for none.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the line of an event.
  package func log(event: LogEvent) {
    let line = Self.line(
      at: Date(), level: event.level, message: event.message,
      metadata: metadata.merging(event.metadata ?? [:]) { $1 })
    LostLines.write(
      line, notice: { Self.line(at: Date(), level: .warning, message: "\($0)", metadata: [:]) },
      by: {
        Progress.endLine()
        return StandardError.write($0 + "\n")
      })
  }

  /// Returns the line of an event. It is one line, whatever a stranger wrote into a part of it.
  static func line(at date: Date, level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { key, value in
      let text = "\(value)"
      return text.contains(" ") ? "\(key)=\"\(text)\"" : "\(key)=\(text)"
    }
    let words = [date.formatted(.iso8601), level.rawValue, "\(message)"] + pairs
    return words.joined(separator: " ").printableLine
  }
}
