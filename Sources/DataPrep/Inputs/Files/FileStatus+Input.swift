import Files
import Foundation

extension FileStatus {
  /// Looks up what the path of an input leads to, links followed.
  ///
  /// - Throws: ``DataPrepError`` where nothing can be read there.
  init(input path: String) throws {
    do { try self.init(path) } catch let error as FileError {
      throw DataPrepError(.missing, path, "cannot be read: \(error.reason)")
    }
  }

  /// Checks that standard input is open.
  ///
  /// Where it was closed, its number may be that of something else in the process, such as an event. That is of none of
  /// the kinds that can be piped in.
  /// - Throws: ``DataPrepError`` where it is not.
  static func checkStandardInput() throws {
    let kinds: [Kind] = [.pipe, .file, .socket, .characterDevice]
    guard let status = try? FileStatus(STDIN_FILENO, path: "-"), kinds.contains(status.kind) else {
      throw DataPrepError(.missing, "-", "standard input is closed: nothing is piped in")
    }
  }

  var isFolder: Bool { kind == .folder }
  var isPipe: Bool { kind == .pipe }

  /// The time of change, in seconds since 1970, with nine decimals.
  var changed: String { String(format: "%ld.%09ld", changedSeconds, changedNanoseconds) }
}
