public import Foundation

/// A file of lines that is only ever added to.
///
/// A line that a killed process cut stays as a line of its own, which the file's reader passes over.
public final class JournalFile: Sendable {
  /// The place of the file.
  public let url: URL
  private let descriptor: Int32

  /// Opens the file, and makes it where it is missing.
  /// - Throws: ``FileError`` where that fails.
  public init(_ url: URL) throws {
    self.url = url
    descriptor = try SystemCall.open(url.path, O_RDWR | O_CREAT | O_APPEND)
  }

  deinit { SystemCall.close(descriptor) }

  /// Locks the file for this process as long as this object lives; returns false where another process has locked it.
  public func lock() throws -> Bool { try SystemCall.lock(descriptor, path: url.path) }

  /// Returns the lines that there are, without their newlines, and ends a line that was cut.
  public func lines() throws -> [Data] {
    let newline = UInt8(ascii: "\n")
    let text = try FileReading.data(url, atMost: FileReading.mostOfLog)
    if let last = text.last, last != newline { try append(Data()) }
    return text.split(separator: newline)
  }

  /// Adds a line, which has no newline in it, by one write.
  /// - Throws: ``FileError`` where that fails, for example on a full disk; the file then stays as it was.
  public func append(_ line: Data) throws {
    try SystemCall.append(descriptor, line + Data("\n".utf8), path: url.path)
  }
}
