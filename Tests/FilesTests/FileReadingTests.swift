import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct FileReadingTests {
  private func failure(_ file: URL, atMost most: Int) -> FileError? {
    do {
      _ = try FileReading.data(file, atMost: most)
      return nil
    } catch { return error as? FileError }
  }

  @Test("a device that never ends is refused by its name and the limit", arguments: [0, 1, 65_536, 3 << 20])
  func endless(most: Int) throws {
    let error = try #require(failure(URL(filePath: "/dev/zero"), atMost: most))
    #expect(error.description.hasPrefix("/dev/zero: cannot read: File too large: at most "))
    #expect(error.exitCode == .data)
  }

  @Test("the limit is told in the unit in which it is whole")
  func words() {
    for (most, words) in [(64 << 10, "64 KiB"), (64 << 20, "64 MiB"), (4_097, "4097 bytes")] {
      #expect(
        failure(URL(filePath: "/dev/zero"), atMost: most)?.description.contains("at most \(words) are read") == true)
    }
  }

  @Test(
    "a file of the limit is read, and one of a byte more is not", arguments: [0, 1, (1 << 20) - 1, 1 << 20, 3 << 20])
  func ends(most: Int) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a file")
      try Data(repeating: 7, count: most).write(to: file)
      #expect(try FileReading.data(file, atMost: most).count == most)
      try Data(repeating: 7, count: most + 1).write(to: file)
      #expect(failure(file, atMost: most)?.number == EFBIG)
    }
  }

  @Test("a file of holes is refused by its size, and a folder by the system")
  func holes() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "holes")
      try Data().write(to: file)
      try SystemCall.truncate(file.path, to: 1 << 40)
      #expect(failure(file, atMost: FileReading.mostOfTensors)?.number == EFBIG)
      #expect(failure(folder, atMost: 1 << 20)?.number == EISDIR)
    }
  }

  @Test("what has a path is told from what may not be looked at")
  func there() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a")
      #expect(try FileStatus.ifThere(file.path) == nil)
      try Data().write(to: file)
      #expect(try FileStatus.ifThere(file.path)?.kind == .file)
      #expect(try FileStatus.ifThere(file.path + "/b") == nil)
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: "loop")
      #expect(throws: FileError.self) { try FileStatus.ifThere(folder.path + "/loop") }
    }
  }
}
