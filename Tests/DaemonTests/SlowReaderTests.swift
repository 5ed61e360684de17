import Foundation
import NIOCore
import NIOPosix
import Snapshots
import TestSupport
import Testing

/// Clients that ask for a large snapshot and take their time.
extension ListenerProcessTests {
  /// The memory that a process has in use, in bytes.
  private func resident(_ process: ToolProcess) throws -> Int {
    let words = try String(contentsOfFile: "/proc/\(process.identifier)/statm", encoding: .utf8).split(separator: " ")
    return try #require(words.count > 1 ? Int(words[1]) : nil) * sysconf(Int32(_SC_PAGESIZE))
  }

  @Test("fifty slow readers of a large snapshot cost no more than some pieces of the file each")
  func slowReaders() async throws {
    try await withDaemon { daemon, folder, port in
      var snapshot = sampleSnapshot(step: 500_000_000)
      snapshot.metadata.averageDecay = 0.99
      snapshot.theta = Array(repeating: 0.5, count: 4_000_000)
      let record = try SnapshotStore(creatingIn: folder.appending(path: "state")).write(snapshot)
      let request = "GET /v1/snapshots/\(record.name) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
      func slowReader() async throws -> any Channel {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .channelOption(.autoRead, value: false).connect(host: "127.0.0.1", port: Int(port)).get()
        try await channel.writeAndFlush(ByteBuffer(string: request)).get()
        return channel
      }
      // The first ones have the file read and hashed, and what a connection needs made.
      var channels: [any Channel] = []
      for _ in 0..<4 { channels.append(try await slowReader()) }
      try await Task.sleep(for: .seconds(3))
      let before = try resident(daemon)
      for _ in 0..<50 { channels.append(try await slowReader()) }
      try await Task.sleep(for: .seconds(3))
      let grown = try resident(daemon) - before
      #expect(grown < 100 << 20, "\(grown >> 20) MiB for 50 readers of \(record.size >> 20) MiB")
      for channel in channels { try? await channel.close() }
    }
  }
}
