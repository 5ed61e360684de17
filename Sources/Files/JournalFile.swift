public import Foundation

/// A file of lines that is only ever added to. One that a killed process cut stays as a line of its own, which its
/// reader passes over.
public final class JournalFile: Sendable {
  public let url: URL
  private let descriptor: Int32

  /// Opens the file, and makes it where it is missing.
  public init(_ url: URL) throws {
    self.url = url
    descriptor = try SystemCall.open(url.path, O_RDWR | O_CREAT | O_APPEND)
  }

  deinit { SystemCall.close(descriptor) }

  /// Holds the file for this process as long as this object lives; false where another one does.
  public func lock() throws -> Bool { try SystemCall.lock(descriptor, path: url.path) }

  /// The lines that there are; one that was cut is ended, so that the next is not added to it.
  public func lines() throws -> [Data] {
    let newline = UInt8(ascii: "\n")
    let text = try Data(contentsOf: url)
    if let last = text.last, last != newline { try append(Data()) }
    return text.split(separator: newline)
  }

  /// Adds a line, which has no newline in it, by one write.
  public func append(_ line: Data) throws {
    try SystemCall.write(descriptor, line + Data("\n".utf8), path: url.path)
  }
}
