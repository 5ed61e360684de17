import Files
import Foundation
import ScriptedServer
import Synchronization
import TestSupport
import Testing

@testable import DaemonClient
@testable import Snapshots

/// Downloads that break off, and servers that fail for a while.
@Suite(.ownThreads) struct ResumingTests {
  /// Counts the requests of a path.
  private final class Counter: Sendable {
    private let count = Mutex(0)
    /// The number of this request, from 1.
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }

  /// The byte from which a request asks for a file; of what broke off the client may not have seen all. 0 where it asks
  /// for all of it.
  private func start(_ request: ScriptedServer.Request) -> Int {
    (request["range"]?.firstMatch(of: /^bytes=(\d+)-$/)?.output.1).flatMap { Int($0) } ?? 0
  }

  /// A daemon whose first answer with a file breaks off.
  private func breaking(_ daemon: ScriptedDaemon, after bytes: Int)
    -> @Sendable (ScriptedServer.Request) throws
    -> ScriptedServer.Answer
  {
    let counter = Counter()
    return { request in
      var answer = try daemon.answer(request)
      if request.path.hasSuffix(".safetensors"), counter.next() == 1 { answer.breaksAfter = bytes }
      return answer
    }
  }

  @Test("a download that breaks off goes on from there in the same call")
  func goesOn() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with(breaking(daemon, after: 40_000)) { server in
        let fetched = try await fetch(from: server.address, into: folder, .quick(retries: 1))
        #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
        let asked = server.requests.filter { $0.path.hasSuffix(".safetensors") }
        #expect(asked.count == 2 && asked[0]["range"] == nil)
        #expect((1...40_000).contains(start(asked[1])) && asked[1]["if-range"] == "\"\(daemon.latest.sha256)\"")
        #expect(try names(folder) == [daemon.latest.name])
      }
    }
  }

  @Test("a download that broke off in one call goes on from there in the next")
  func nextCall() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with(breaking(daemon, after: 40_000)) { server in
        let error = await #expect(throws: SnapshotError.self) { try await fetch(from: server.address, into: folder) }
        #expect(error?.code == .server)
        #expect(try names(folder) == ["\(daemon.latest.name).\(daemon.latest.sha256.prefix(16)).partial"])
        let fetched = try await fetch(from: server.address, into: folder)
        #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
        let last = try #require(server.requests.last)
        #expect((1...40_000).contains(start(last)))
        #expect(try names(folder) == [daemon.latest.name])
      }
    }
  }

  @Test("a partial file of other bytes, or of too many, is fetched anew", arguments: [10, 100_000, 200_000])
  func otherPartial(size: Int) async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try Data(repeating: 1, count: size).write(
        to: folder.appending(path: "\(daemon.latest.name).\(daemon.latest.sha256.prefix(16)).partial"))
      try await ScriptedServer.with(daemon.answer) { server in
        let fetched = try await fetch(from: server.address, into: folder)
        #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
        #expect(try names(folder) == [daemon.latest.name])
        #expect(server.requests.last?["range"] == nil)
      }
    }
  }

  @Test("from a server that cannot resume a file is taken whole")
  func noRanges() async throws {
    let daemon = try ScriptedDaemon(7)
    let counter = Counter()
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        guard request.path.hasSuffix(".safetensors") else { return try daemon.answer(request) }
        return .init(200, daemon.latestFile, breaksAfter: counter.next() == 1 ? 40_000 : nil)
      } _: { server in
        let fetched = try await fetch(from: server.address, into: folder, .quick(retries: 1))
        #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
      }
    }
  }

  @Test("a server that answers 416, or with another part, does not spoil a file", arguments: [416, 206])
  func oddRanges(status: Int) async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try Data(daemon.latestFile.prefix(50)).write(
        to: folder.appending(path: "\(daemon.latest.name).\(daemon.latest.sha256.prefix(16)).partial"))
      try await ScriptedServer.with { request in
        guard request["range"] != nil else { return try daemon.answer(request) }
        return .init(status, headers: ["content-range": "bytes 49-99999/100000"], daemon.latestFile[49...])
      } _: { server in
        let result = await Result { try await fetch(from: server.address, into: folder) }
        if status == 416 {
          let data = try Data(contentsOf: result.get().file)
          #expect(data == daemon.latestFile)
        } else {
          #expect(throws: SnapshotError.self) { try result.get() }
        }
      }
    }
  }

  @Test(
    "a server that breaks off and then takes back what it gave is given up after the retries", arguments: [416, 200])
  func takesBack(status: Int) async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        guard request.path.hasSuffix(".safetensors") else { return try daemon.answer(request) }
        if status == 416, request["range"] != nil { return .init(416) }
        return .init(200, daemon.latestFile, breaksAfter: 40_000)
      } _: { server in
        let error = await #expect(throws: SnapshotError.self) {
          try await fetch(from: server.address, into: folder, .quick(retries: 2))
        }
        #expect(error?.exitCode == .unavailable)
        // Of an answer that breaks off not all bytes need arrive: a try may come further than the one before.
        #expect(server.requests.count <= 20, "\(server.requests.count)")
      }
    }
  }

  @Test(
    "where nobody listens, or no host has the name, the first try is the last",
    arguments: [("http://", "127.0.0.1:1"), ("http://", "no.such.host.invalid"), ("unix:", "/no/such/socket")])
  func nobody(kind: String, place: String) async throws {
    try await withTemporaryFolder { folder in
      await confirmation(expectedCount: 0) { told in
        var options = SnapshotFetcher.Options.quick(retries: 5)
        options.report = { if case .retrying = $0 { told() } }
        let error = await #expect(throws: SnapshotError.self) {
          try await fetch(from: kind + place, into: folder, options)
        }
        #expect(error?.exitCode == .unavailable && error?.description.contains("is lopt-daemon running") == true)
      }
    }
  }

  @Test("a latest that is not one of θ is not believed")
  func averageAsLatest() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { _ in
        var record = daemon.latest
        record.name = "average-000000007.safetensors"
        return try .init(200, JSONText.data(record))
      } _: { server in
        let error = await #expect(throws: SnapshotError.self) { try await fetch(from: server.address, into: folder) }
        #expect(error?.description.contains("makes no sense") == true)
      }
    }
  }

  @Test("after two answers of 503 a request is tried a third time, and each wait is reported")
  func unavailable() async throws {
    let daemon = try ScriptedDaemon(7)
    let counter = Counter()
    let told = Counter()
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        counter.next() <= 2 ? .init(503, headers: ["retry-after": "0"]) : try daemon.answer(request)
      } _: { server in
        var options = SnapshotFetcher.Options.quick(retries: 2)
        options.report = { if case .retrying(let error, _) = $0, "\(error)".contains("503") { _ = told.next() } }
        _ = try await fetch(from: server.address, into: folder, options)
        #expect(told.next() == 3)
        let again = await #expect(throws: SnapshotError.self) {
          try await ScriptedServer.with({ _ in .init(503) }) { server in
            do { _ = try await fetch(from: server.address, into: folder, .quick(retries: 2)) } catch {
              #expect(server.requests.count == 3)
              throw error
            }
          }
        }
        #expect(again?.exitCode == .unavailable)
      }
    }
  }

  @Test("a request that the server calls wrong is not tried again", arguments: [400, 401, 403, 404, 429])
  func refused(status: Int) async throws {
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with({ _ in .init(status, Data(#"{"error": "no\u001b[31m way"}"#.utf8)) }) { server in
        let error = await #expect(throws: SnapshotError.self) {
          try await fetch(from: server.address, into: folder, .quick(retries: 5))
        }
        #expect(server.requests.count == 1)
        #expect(error?.description.contains(#"no\u001b[31m way"#) == true, "what would steer a terminal is escaped")
      }
    }
  }

  @Test("two of them at once: one fetches, the other says so")
  func twoAtOnce() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      let partial = folder.appending(path: "\(daemon.latest.name).\(daemon.latest.sha256.prefix(16)).partial")
      try Data().write(to: partial)
      let other = try JournalFile(partial)
      #expect(try other.lock())
      try await ScriptedServer.with(daemon.answer) { server in
        let error = await #expect(throws: SnapshotError.self) { try await fetch(from: server.address, into: folder) }
        #expect(error?.exitCode == .temporary)
      }
      withExtendedLifetime(other) {}
    }
  }

  @Test("pauses between tries double up to the longest, are cut by up to a half, and heed the server's wish")
  func pauses() {
    let policy = RetryPolicy(retries: 5, first: .seconds(1), longest: .seconds(30))
    func pause(_ failures: Int, _ wished: Duration? = nil, _ fraction: Double = 1) -> Duration {
      policy.pause(afterFailures: failures, wished: wished, fraction: fraction)
    }
    #expect((1...7).map { pause($0) } == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    #expect(pause(3, nil, 0.5) == .seconds(2))
    #expect(pause(1, .seconds(10)) == .seconds(10) && pause(1, .seconds(3600)) == .seconds(30))
    #expect(pause(1_000) == .seconds(30))
  }
}

extension Result where Failure == any Error {
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
