public import Foundation
import Support

/// Reading a whole file.
public enum FileReading {
  /// The file's bytes; an error names the file.
  public static func data(_ url: URL) throws -> Data {
    do {
      return try Data(contentsOf: url)
    } catch let error as CocoaError {
      let number: Int32 = error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile ? ENOENT : EIO
      throw FileError(operation: number == ENOENT ? "open" : "read", path: url.path, number: number)
    }
  }
}
