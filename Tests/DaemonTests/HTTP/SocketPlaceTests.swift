import Files
import Foundation
import TestSupport
import Testing

@testable import Daemon

/// One daemon at a time has a Unix socket, and removes no other's.
@Suite struct SocketPlaceTests {
  /// Binds a Unix socket without a listener behind it, as a process that was killed leaves one.
  private func bindSocket(_ path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var place = sockaddr_un()
    place.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
  }

  @Test("a place is had once; when it is left, or its holder ends, the next one has it") func once() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "new/s").path
      var first: SocketPlace? = try SocketPlace(path)
      let error = #expect(throws: DaemonError.self) { try SocketPlace(path) }
      #expect(error?.code == .portTaken && error?.description.contains(path) == true)
      first?.leave()
      let second = try SocketPlace(path)
      #expect(throws: DaemonError.self) { try SocketPlace(path) }
      first = nil
      #expect(throws: DaemonError.self) { try SocketPlace(path) }
      second.leave()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "new").path) == [])
    }
  }

  @Test("the socket that was bound is removed, and one that took its place is not") func own() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "s").path
      for isReplaced in [false, true] {
        let place = try SocketPlace(path)
        try bindSocket(path)
        place.remember()
        chmod(path, 0o600)
        if isReplaced {
          usleep(20_000)
          try bindSocket(path + "2")
          #expect(rename(path + "2", path) == 0)
        }
        place.leave()
        #expect(FileManager.default.fileExists(atPath: path) == isReplaced)
      }
    }
  }
}
