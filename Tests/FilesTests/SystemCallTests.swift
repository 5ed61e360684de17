import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct SystemCallTests {
  @Test("a file is known by its device and inode together: the roots of two file systems may have the same inode")
  func sameFile() throws {
    let (processes, devices) = (try FileStatus("/proc").identity, try FileStatus("/sys").identity)
    try #require(processes.inode == devices.inode)
    let descriptor = try SystemCall.open("/proc", O_RDONLY | O_DIRECTORY)
    defer { SystemCall.close(descriptor) }
    #expect(SystemCall.isSameFile(descriptor, "/proc"))
    #expect(!SystemCall.isSameFile(descriptor, "/sys"))
    #expect(!SystemCall.isSameFile(descriptor, "/no/such/folder"))
  }

  @Test("a link is the file that it leads to only where links are followed")
  func links() throws {
    try withTemporaryFolder { folder in
      let (file, link) = (folder.appending(path: "file"), folder.appending(path: "link"))
      try Data("four".utf8).write(to: file)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      let descriptor = try SystemCall.open(file.path, O_RDONLY)
      defer { SystemCall.close(descriptor) }
      #expect(SystemCall.isSameFile(descriptor, link.path, followingLinks: true))
      #expect(!SystemCall.isSameFile(descriptor, link.path))
      #expect(try FileStatus(link.path, followingLinks: false).kind == .link)
      #expect(try FileStatus(link.path).kind == .file && FileStatus(link.path).bytes == 4)
    }
  }

  @Test("a folder's entries are told with what they are; a missing folder is an error that names it")
  func entries() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appending(path: ".file"))
      try SystemCall.makeOneFolder(folder.appending(path: "folder").path)
      var found: [String: FileStatus.Kind?] = [:]
      try SystemCall.forEachEntry(in: folder.path) { entry in
        #expect(entry.isUTF8)
        found[entry.name] = entry.kind
      }
      #expect(found == [".file": .file, "folder": .folder])
      let missing = #expect(throws: FileError.self) { try SystemCall.forEachEntry(in: "/no/such/folder") { _ in } }
      #expect(missing == FileError(operation: "open", path: "/no/such/folder", number: ENOENT))
    }
  }

  @Test("room that is reserved is the file's, and can be cut off again")
  func reserve() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file").path
      let descriptor = try SystemCall.open(file, O_RDWR | O_CREAT)
      defer { SystemCall.close(descriptor) }
      try SystemCall.reserve(descriptor, bytes: 10_000, path: file)
      #expect(try FileStatus(file).bytes == 10_000)
      try SystemCall.truncate(file, to: 7)
      #expect(try FileStatus(file).bytes == 7)
    }
  }
}
