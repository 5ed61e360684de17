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
  /// Where it was closed, something that cannot be read has its place since the process began.
  /// - Throws: ``DataPrepError`` where it is not.
  static func checkStandardInput() throws {
    guard SystemCall.isReadable(STDIN_FILENO) else {
      throw DataPrepError(.missing, "-", "standard input is closed: nothing is piped in")
    }
  }

  var isFolder: Bool { kind == .folder }
  var isPipe: Bool { kind == .pipe }

  /// The time of change, in seconds since 1970, with nine decimals.
  var changed: String { String(format: "%ld.%09ld", changedSeconds, changedNanoseconds) }
}
