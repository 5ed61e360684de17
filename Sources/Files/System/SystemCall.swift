public import Foundation

/// An error of a system call on a file.
public struct FileError: ReportedError, Equatable {
  /// The verb for what failed, for example "write": it completes "cannot …".
  public var operation: String
  /// The path of the file.
  public var path: String
  /// The value of `errno`.
  public var number: Int32
  /// The most bytes that are read of a file of its kind, where it has more; otherwise nil.
  package var mostBytes: Int?

  /// Makes an error.
  public init(operation: String, path: String, number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
  }

  /// The code with which a tool exits that this error ends.
  public var exitCode: ExitCode {
    switch (operation, number) {
    case ("read", EFBIG): .data
    case ("open", ENOENT), ("open", ENOTDIR), ("open", ELOOP), ("open", ENAMETOOLONG), ("open", EACCES), ("read", _),
      ("look at", EACCES):
      .noInput
    case (_, EEXIST), (_, EACCES), (_, EROFS), ("create", ENOENT), ("create", ENOTDIR), ("create", EISDIR):
      .cannotCreate
    default: .inputOutput
    }
  }

  /// The sentence for people: the path, the operation and the system's reason.
  public var description: String { "\(path): cannot \(operation): \(reason)" }

  /// The system's words for the number, for example "No space left on device".
  package var reason: String {
    let words = String(cString: strerror(number))
    return mostBytes.map { "\(words): at most \($0.byteWords) are read of a file of its kind" } ?? words
  }

  /// Whether the system says that nothing has the path, rather than that it may not be looked at.
  package var isAbsence: Bool { number == ENOENT || number == ENOTDIR }
}

extension Int {
  /// A number of bytes in the largest unit in which it is whole: `64 MiB`.
  fileprivate var byteWords: String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    return units.first { self > 0 && self % (1 << $0.0) == 0 }.map { "\(self >> $0.0) \($0.1)" } ?? "\(self) bytes"
  }
}

/// The system calls that the package makes itself, one function each, which throw a ``FileError``.
public enum SystemCall {
  /// Makes a call, again where a signal interrupted it.
  /// - Throws: ``FileError`` where it failed.
  @discardableResult
  static func check<Result: SignedInteger>(_ operation: String, _ path: String, _ call: () -> Result) throws -> Result {
    while true {
      let result = call()
      if result != -1 { return result }
      if errno != EINTR { throw FileError(operation: operation, path: path, number: errno) }
    }
  }

  /// Opens a file, which is closed in child processes.
  /// - Parameters:
  ///   - flags: those of open(2).
  ///   - mode: the permissions of a file that is made.
  /// - Returns: its descriptor.
  public static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws -> Int32 {
    let creates = flags & O_CREAT != 0
    return try check(creates ? "create" : "open", path) { Foundation.open(path, flags | O_CLOEXEC, mode) }
  }

  /// Closes a descriptor. Failure is ignored.
  public static func close(_ descriptor: Int32) {
    _ = Foundation.close(descriptor)
  }

  /// Writes all of the bytes, in as many calls as it takes.
  public static func write(_ descriptor: Int32, _ data: Data, path: String) throws {
    var rest = data[...]
    while !rest.isEmpty {
      let written = try rest.withUnsafeBytes { bytes in
        try check("write", path) { Foundation.write(descriptor, bytes.baseAddress, bytes.count) }
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Adds bytes at the end of a file: all of them, or none where that throws.
  public static func append(_ descriptor: Int32, _ data: Data, path: String) throws {
    let end = Int(try check("find the end of", path) { lseek(descriptor, 0, SEEK_END) })
    do { try write(descriptor, data, path: path) } catch {
      try truncate(descriptor, to: end, path: path)
      throw error
    }
  }

  /// Writes bytes over those at `offset`. The place at which the file is written next stays.
  public static func write(_ descriptor: Int32, _ data: Data, at offset: Int, path: String) throws {
    var rest = data[...]
    while !rest.isEmpty {
      let written = try rest.withUnsafeBytes { bytes in
        try check("write", path) {
          pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset + data.count - rest.count))
        }
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Makes the bytes of a file durable.
  public static func sync(_ descriptor: Int32, path: String) throws {
    try check("sync", path) { fsync(descriptor) }
  }

  /// Gives a file or folder another name, in place of what has that name.
  public static func rename(_ source: String, to target: String) throws {
    try check("rename to", target) { Foundation.rename(source, target) }
  }

  /// Removes a file.
  public static func removeFile(_ path: String) throws {
    try check("remove", path) { unlink(path) }
  }

  /// Returns the names in a folder, in no order.
  public static func names(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      let cause = (error as? CocoaError)?.underlying as? POSIXError
      throw FileError(operation: "read", path: folder, number: cause?.code.rawValue ?? EIO)
    }
  }

  /// Cuts a file to its first `length` bytes.
  public static func truncate(_ descriptor: Int32, to length: Int = 0, path: String) throws {
    try check("truncate", path) { ftruncate(descriptor, off_t(length)) }
  }

  /// Cuts a file that is not open to its first `length` bytes.
  package static func truncate(_ path: String, to length: Int) throws {
    try check("truncate", path) { Foundation.truncate(path, off_t(length)) }
  }

  /// Reserves room on the disk for the first `bytes` bytes of a file, which is at least that long afterwards.
  package static func reserve(_ descriptor: Int32, bytes: Int, path: String) throws {
    // It returns what others leave in `errno`.
    let number = posix_fallocate(descriptor, 0, off_t(bytes))
    if number != 0 { throw FileError(operation: "reserve \(bytes) bytes of", path: path, number: number) }
  }

  /// Locks a file for this process; returns false where another process holds the lock.
  public static func lock(_ descriptor: Int32, path: String) throws -> Bool {
    do {
      try check("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
      return true
    } catch let error as FileError where error.number == EWOULDBLOCK {
      return false
    }
  }

  /// Makes a folder and those above it, durably. What is there already stays as it is.
  public static func makeFolder(_ path: String) throws {
    guard !isFolder(path) else { return }
    let parent = URL(filePath: path).deletingLastPathComponent().path
    try makeFolder(parent)
    do {
      try makeOneFolder(path)
    } catch let error as FileError where error.number == EEXIST && isFolder(path) {
      return  // Another process was faster.
    }
    try syncFolder(parent)
  }

  private static func isFolder(_ path: String) -> Bool { (try? FileStatus(path))?.kind == .folder }

  /// Makes the names in a folder durable.
  public static func syncFolder(_ path: String) throws {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    try sync(descriptor, path: path)
  }

  /// Makes everything that was ever written durable, where a call for each file would take too long.
  public static func syncEverything() { Foundation.sync() }

  /// Makes durable what was written to a file by other means.
  public static func syncFile(_ path: String) throws {
    let descriptor = try open(path, O_RDONLY)
    defer { close(descriptor) }
    try sync(descriptor, path: path)
  }
}
