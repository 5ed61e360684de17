import Foundation

/// What a path leads to, links followed.
struct FileStatus {
  /// What a file is, by whichever name.
  struct Identity: Hashable {
    let device: UInt
    let number: UInt
  }

  let identity: Identity
  let bytes: Int
  let isFolder: Bool
  let isPipe: Bool
  /// The time of change, in seconds.
  let changed: String

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
