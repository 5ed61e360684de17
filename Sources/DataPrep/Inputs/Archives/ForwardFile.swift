import Files
import Foundation

/// A file or standard input that is read forward.
final class ForwardFile {
  /// The path, or `-` for standard input.
  let path: String
  /// The number of bytes that were read or skipped.
  private(set) var offset = 0
  /// The size of the file in bytes; nil for a pipe and for standard input.
  let size: Int?
  private let descriptor: Int32

  /// Opens the file.
  /// - Parameter path: `-` is standard input.
  /// - Throws: ``DataPrepError`` where it cannot be opened.
  init(_ path: String) throws {
    self.path = path
    do {
      descriptor = path == "-" ? STDIN_FILENO : try SystemCall.open(path, O_RDONLY)
    } catch let error as FileError {
      throw DataPrepError(.missing, path, "cannot be opened: \(error.reason)")
    }
    // Standard input may be a file that somebody has read the beginning of: it is taken as the pipe that it stands for.
    size = path == "-" ? nil : try SystemCall.seekableSize(descriptor, path: path)
  }

  deinit { if path != "-" { SystemCall.close(descriptor) } }

  /// Returns the next bytes; fewer than `count` only at the end.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    repeat {
      // Memory grows with what is there, not with what a damaged header promises.
      let piece = try SystemCall.read(descriptor, min(count - bytes.count, 16 << 20), path: path)
      if piece.isEmpty { break }
      bytes = bytes.isEmpty ? piece : bytes + piece
      offset += piece.count
    } while bytes.count < count
    return bytes
  }

  /// Returns the next `count` bytes.
  /// - Parameter what: names what is read, for the error.
  /// - Throws: ``DataPrepError`` where the file ends before.
  func read(_ count: Int, of what: String) throws -> [UInt8] {
    let bytes = try read(upTo: count)
    guard bytes.count == count else { throw endsEarly(in: what) }
    return bytes
  }

  /// Passes over `count` bytes.
  /// - Throws: ``DataPrepError`` where the file ends before.
  func skip(_ count: Int, of what: String) throws {
    if let size {
      guard count <= size - offset else { throw endsEarly(in: what, at: size) }
      offset += count
      try SystemCall.seek(descriptor, to: offset, path: path)
    } else {
      var rest = count
      while rest > 0 {
        let piece = try read(upTo: min(rest, 1 << 20))
        if piece.isEmpty { throw endsEarly(in: what) }
        rest -= piece.count
      }
    }
  }

  /// Moves forward to the offset `target`.
  /// - Throws: ``DataPrepError`` where the file ends before.
  func skip(to target: Int, of what: String) throws { try skip(target - offset, of: what) }

  private func endsEarly(in what: String, at end: Int? = nil) -> DataPrepError {
    DataPrepError(.damaged, path, "ends at byte \(end ?? offset), in \(what): it is incomplete, fetch it again")
  }
}
