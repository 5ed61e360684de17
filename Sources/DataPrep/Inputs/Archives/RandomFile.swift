import Files
import Foundation

/// A file that is read at any place.
final class RandomFile {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    do {
      descriptor = try SystemCall.open(path, O_RDONLY)
    } catch let error as FileError {
      throw DataPrepError(.missing, path, "cannot be opened: \(error.reason)")
    }
    guard let size = try SystemCall.seekableSize(descriptor, path: path) else {
      SystemCall.close(descriptor)
      throw DataPrepError(.missing, path, "is no file")
    }
    self.size = size
  }

  deinit { SystemCall.close(descriptor) }

  /// Returns the `count` bytes at `offset`.
  /// - Throws: ``DataPrepError`` where the file ends before.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    guard count >= 0, offset >= 0, count <= size, offset <= size - count else {
      throw DataPrepError(.damaged, path, "ends at byte \(size): it is incomplete, fetch it again")
    }
    let bytes = try SystemCall.read(descriptor, count, at: offset, path: path)
    guard bytes.count == count else {
      throw DataPrepError(.damaged, path, "ends at byte \(offset + bytes.count): it is incomplete, fetch it again")
    }
    return bytes
  }

  /// Returns the error for a damaged part of the file, which `what` names.
  func damaged(_ what: String) -> DataPrepError {
    DataPrepError(.damaged, path, "\(what) is damaged, or not of a kind that can be read: fetch it again")
  }
}
