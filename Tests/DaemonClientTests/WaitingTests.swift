import Files
import Foundation
import ScriptedServer
import Snapshots
import Synchronization
import TestSupport
import Testing

@testable import DaemonClient

/// Waiting for a newer snapshot; where a daemon is; and what is left beside the file.
@Suite(.ownThreads) struct WaitingTests {
  @Test(
    "a wait for a newer snapshot ends once the step is above the one given, through answers that there is none yet",
    arguments: ["latest", "best"])
  func waits(word: String) async throws {
    let steps = Mutex([nil, 3, 3, 7])
    let newest = Mutex<[Int?]>([])
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        if request.path.hasSuffix(".safetensors") { return try ScriptedDaemon(7).answer(request) }
        guard let step = steps.withLock({ $0.removeFirst() }) else { return .init(404) }
        return try ScriptedDaemon(step).answer(request)
      } _: { server in
        var options = SnapshotFetcher.Options.quick()
        options.newerThan = 3
        options.report = { event in if case .waiting(let step) = event { newest.withLock { $0.append(step) } } }
        let fetched = try await fetch(word, from: server.address, into: folder, options)
        #expect(fetched.record.step == 7)
        #expect(newest.withLock { $0 } == [nil, 3, 3])
      }
    }
  }

  @Test("a Unix socket serves as an address does, with spaces in its path too")
  func socket() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "a socket").path
      let nobody = await #expect(throws: SnapshotError.self) { try await fetch(from: "unix:\(path)", into: folder) }
      #expect(nobody?.exitCode == .unavailable)
      #expect(nobody?.description.contains("unix:\(path) /v1/snapshots/latest: cannot be reached") == true)
      #expect(nobody?.description.contains("No such file") == true)
      try await ScriptedServer.with(socket: path, daemon.answer) { server in
        let fetched = try await fetch(from: server.address, into: folder)
        #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
      }
    }
  }

  @Test("addresses are told from folders, and a text that is neither is refused")
  func addresses() {
    #expect(DaemonAddress("http://a:1/") == .http("http://a:1"))
    #expect(DaemonAddress("https://a/b")?.description == "https://a/b")
    #expect(DaemonAddress("unix:/run/x")?.description == "unix:/run/x")
    #expect(DaemonAddress("/var/lib/lopt") == .state("/var/lib/lopt"))
    for text in ["", "http://", "https://", "unix:", "http://user@a", "http://a?b", "http://a#b"] {
      #expect(DaemonAddress(text) == nil, "\(text)")
    }
  }

  @Test("the record is left beside the file where that is asked for")
  func record() async throws {
    let daemon = try ScriptedDaemon(7, signedBy: SigningKey())
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with(daemon.answer) { server in
        var options = SnapshotFetcher.Options.quick()
        options.keepsRecord = true
        _ = try await fetch(from: server.address, into: folder, options)
        let json = try Data(contentsOf: folder.appending(path: "theta-000000007.json"))
        #expect(try JSONDecoder().decode(SnapshotRecord.self, from: json) == daemon.latest)
      }
    }
  }
}
