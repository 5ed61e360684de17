import Foundation
import TestSupport

/// Changes to the files of a small source.
enum InputFiles {
  /// Runs `body` with a small source, 4 classes of 12 images.
  static func with(_ source: SmallSource, _ body: (_ files: URL, _ output: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      try body(files, folder.appending(path: "set"))
    }
  }

  /// Renames a file of the source.
  static func rename(_ files: URL, _ old: String, _ new: String) throws {
    try FileManager.default.moveItem(at: files.appending(path: old), to: files.appending(path: new))
  }

  /// Copies a file or folder of the source.
  static func copy(_ files: URL, _ old: String, _ new: String) throws {
    try FileManager.default.copyItem(at: files.appending(path: old), to: files.appending(path: new))
  }
}
