import Files
import Foundation

/// The properties of the file or folder that a path leads to, links followed.
struct FileStatus {
  /// The identity of a file, by whichever name it is reached.
  struct Identity: Hashable {
    let device: UInt
    let number: UInt
  }

  let identity: Identity
  let bytes: Int
  let isFolder: Bool
  let isPipe: Bool
  /// The time of change, in seconds since 1970, with nine decimals.
  let changed: String

  /// Checks that standard input is open.
  ///
  /// Where it was closed, its number may be that of something else in the process, such as an event. That is of none of
  /// the kinds that can be piped in.
  /// - Throws: ``DataPrepError`` where it is not.
  static func checkStandardInput() throws {
    var status = stat()
    let kinds = [S_IFIFO, S_IFREG, S_IFSOCK, S_IFCHR]
    guard fstat(STDIN_FILENO, &status) == 0, kinds.contains(status.st_mode & S_IFMT) else {
      throw DataPrepError(.missing, "-", "standard input is closed: nothing is piped in")
    }
  }

  /// Looks up a path.
  /// - Throws: ``DataPrepError`` where it leads to nothing that can be read.
  init(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw DataPrepError(.missing, path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    identity = Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))
    bytes = Int(status.st_size)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isPipe = status.st_mode & S_IFMT == S_IFIFO
    changed = String(format: "%ld.%09ld", status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}
