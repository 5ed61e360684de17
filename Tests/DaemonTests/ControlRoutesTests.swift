import Engine
import Files
import Foundation
import Hummingbird
import HummingbirdTesting
import Shards
import Snapshots
import Synchronization
import TestSupport
import Testing
import Threads

@testable import Daemon
@testable import Settings
@testable import Training

/// What a daemon that trains answers, and what may be asked of it, and by whom.
@Suite(.ownThreads) struct ControlRoutesTests {

  private static func configuration(_ folder: URL) throws -> Configuration {
    let dataset = try SmallDataset.digits(in: folder).folder
    return try Configuration.load(
      file: nil, environment: [:],
      flags: [
        ("datasets", "[\"\(dataset.path)\"]"), ("state", folder.appending(path: "state").path), ("outer.pairs", "2"),
        ("outer.curriculum.from", "2"), ("outer.curriculum.to", "2"), ("inner.life.from", "10"),
        ("inner.life.to", "10"), ("inner.batch", "4"), ("threads", "1"), ("snapshot.free_mib", "0"),
      ])
  }

  /// Runs `body` with a client of a run that trains meanwhile.
  private func withRun(
    _ access: Access = .everything,
    _ body: @escaping @Sendable (any TestClientProtocol, TrainingRun) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let run = try TrainingRun(configuration: Self.configuration(folder), kernels: .forTests, console: .silent)
      let routes = Routes(training: run, started: Date(), requests: RequestCounter(), logger: .silent)
      async let training: Void = Threads.run(named: "outer-training") { try run.run() }
      defer { run.stop() }
      try await Application(responder: routes.responder(access)).test(.router) { client in try await body(client, run) }
      run.stop()
      try await training
    }
  }

  private func object(_ response: TestResponse) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
    return try #require(json as? [String: Any])
  }

  private func get(_ client: any TestClientProtocol, _ uri: String) async throws -> [String: Any] {
    try object(await client.execute(uri: uri, method: .get))
  }

  private func outerIteration(_ client: any TestClientProtocol) async throws -> Int {
    try #require(try await get(client, "/v1/status")["outer_iteration"] as? Int)
  }

  /// Waits until training is beyond an outer-iteration, for a number of looks.
  private func wait(beyond step: Int, _ client: any TestClientProtocol) async throws {
    for _ in 1...30_000 {
      if try await outerIteration(client) > step { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw NoProgress(description: "training does not go on beyond outer-iteration \(step)")
  }

  private struct NoProgress: Error, CustomStringConvertible { let description: String }

  @Test("status tells the outer-iteration, and history the rows of the log") func statusAndHistory() async throws {
    try await withRun { client, _ in
      try await wait(beyond: 3, client)
      let status = try await get(client, "/v1/status")
      #expect(status["problem"] as? String == "mlp2x32" && status["estimator"] as? String == "noise-reuse-es")
      #expect(status["paused"] as? Bool == false && status["alarms"] as? [String] == [])
      #expect(try #require(status["outer_loss"] as? Double) > 0 && status["truncation"] as? Double == 2)
      let history = try #require(try await get(client, "/v1/history")["outer_iterations"] as? [String: [Any]])
      let steps = try #require(history["outer_iteration"] as? [Int])
      // Where this task waited for long while the run went on, the rows are thinned: every second, and so on.
      try #require(steps.count > 3)
      let stride = steps[1] - steps[0]
      #expect(steps.dropLast().elementsEqual((0..<steps.count - 1).map { 1 + $0 * stride }), "\(steps)")
      #expect(Set(history.values.map(\.count)) == [steps.count])
      #expect(
        Set(history.keys) == [
          "outer_iteration", "time", "outer_loss", "variance", "truncation", "inner_steps_per_second",
        ])
    }
  }

  @Test("a paused run stands still, with its state kept, until it is resumed") func pause() async throws {
    try await withRun { client, run in
      try await wait(beyond: 0, client)
      #expect(try await object(client.execute(uri: "/v1/pause", method: .post))["paused"] as? Bool == true)
      // The outer-iteration that was being recorded may still end.
      try await Task.sleep(for: .milliseconds(200))
      let (step, activity) = (try await outerIteration(client), run.activity)
      try await Task.sleep(for: .milliseconds(500))
      #expect(try await outerIteration(client) == step)
      #expect(run.activity > activity, "a paused run is not one that hangs")
      let state = try StateStore(readingFrom: StateFolder(run.configuration.stateFolder)).newest(refused: {
        Issue.record($0)
      })
      #expect(state?.learner.outerIteration == step)
      #expect(try await object(client.execute(uri: "/v1/resume", method: .post))["paused"] as? Bool == false)
      try await wait(beyond: step, client)
    }
  }

  @Test("snapshot-now writes a snapshot at once; a pinned snapshot is listed as pinned")
  func snapshotAndPin() async throws {
    try await withRun { client, _ in
      try await wait(beyond: 0, client)
      let record = try object(await client.execute(uri: "/v1/snapshot-now", method: .post))
      #expect(try #require(record["step"] as? Int) > 0)
      let name = try #require(record["name"] as? String)
      #expect(
        try await object(client.execute(uri: "/v1/snapshots/\(name)/pin", method: .post))["pinned"] as? Bool == true)
      let list = try #require(try await get(client, "/v1/snapshots")["snapshots"] as? [[String: Any]])
      #expect(list.first { $0["name"] as? String == name }?["pinned"] as? Bool == true)
      #expect(
        try await object(client.execute(uri: "/v1/snapshots/\(name)/unpin", method: .post))["pinned"] as? Bool == false)
      let unknown = try await client.execute(uri: "/v1/snapshots/theta-999999999.safetensors/pin", method: .post)
      #expect(unknown.status == .notFound)
    }
  }

  @Test("a path asked for by a method that it does not have is 405 and says which it has")
  func methods() async throws {
    try await withRun { client, _ in
      let cases: [(HTTPRequest.Method, String, String)] = [
        (.put, "/v1/pause", "POST"), (.get, "/v1/pause", "POST"), (.post, "/healthz", "GET, HEAD"),
        (.delete, "/v1/snapshots/theta-000000000.safetensors", "GET, HEAD"), (.patch, "/", "GET, HEAD"),
        (.get, "/v1/snapshots/theta-000000000.safetensors/pin", "POST"),
      ]
      for (method, uri, allowed) in cases {
        let response = try await client.execute(uri: uri, method: method)
        #expect(response.status == .methodNotAllowed && response.headers[.allow] == allowed, "\(method) \(uri)")
      }
      #expect(try await client.execute(uri: "/no/such/page", method: .put).status == .notFound)
    }
  }

  @Test("over TCP without a token everything can be read and nothing controlled") func reading() async throws {
    try await withRun(.reading(HostRule(names: []))) { client, run in
      let read = try await client.execute(uri: "/v1/status", method: .get)
      #expect(read.status == .ok)
      for uri in ["/v1/pause", "/v1/snapshot-now", "/v1/snapshots/theta-000000000.safetensors/pin"] {
        let response = try await client.execute(uri: uri, method: .post)
        #expect(response.status == .forbidden)
      }
      #expect(!run.status.isPaused)
    }
  }

  @Test("with a token configured only health is open; the token is read again on reload") func token() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate("0123456789abcdef\n", to: file)
      let tokens = try AccessTokens(control: BearerToken(path: file.path), reading: nil)
      try await withRun(.tokens(tokens)) { client, _ in
        func status(_ uri: String, _ method: HTTPRequest.Method, _ header: String?) async throws -> Int {
          let headers: HTTPFields = header.map { [.authorization: $0] } ?? [:]
          return try await client.execute(uri: uri, method: method, headers: headers).status.code
        }
        for uri in ["/healthz", "/readyz"] { #expect(try await status(uri, .get, nil) == 200) }
        for header in [nil, "Bearer wrong", "Bearer", "Basic 0123456789abcdef", "Bearer 0123456789abcdefg"] {
          #expect(try await status("/v1/status", .get, header) == 401)
          #expect(try await status("/v1/pause", .post, header) == 401)
          #expect(try await status("/no/such/page", .get, header) == 401)
        }
        #expect(try await status("/v1/status", .get, "Bearer 0123456789abcdef") == 200)
        #expect(try await status("/v1/pause", .post, "bearer  0123456789abcdef") == 200)
        try writePrivate("fedcba9876543210", to: file)
        let renewal = try #require(try tokens.renewals().first)
        #expect(renewal.isChanged)
        #expect(try await status("/v1/status", .get, "Bearer 0123456789abcdef") == 200, "nothing is in use yet")
        renewal.take()
        #expect(try tokens.renewals().allSatisfy { !$0.isChanged })
        #expect(try await status("/v1/status", .get, "Bearer 0123456789abcdef") == 401)
        #expect(try await status("/v1/status", .get, "Bearer fedcba9876543210") == 200)
        for text in ["short", "0123456789abcdef\n0123456789abcdef\n"] {
          try writePrivate(text, to: file)
          #expect(throws: ConfigurationError.self) { try tokens.renewals() }
        }
        #expect(try await status("/v1/status", .get, "Bearer fedcba9876543210") == 200)
      }
    }
  }

  @Test("an alarm names the machine's paths only on the Unix socket, and over TCP to who has the token")
  func alarms() async throws {
    func alarms(_ access: Access, _ uri: String, _ headers: HTTPFields = [:]) async throws -> [String] {
      let found = Mutex<[String]>([])
      try await withRun(access) { client, run in
        run.pause()
        // What the run itself writes again takes the alarm back.
        repeat {
          run.alarms.raise(.state, FileError(operation: "write", path: "/srv/lopt/training", number: ENOSPC))
          let answer = try await object(client.execute(uri: uri, method: .get, headers: headers))
          let alarms = try #require(answer["alarms"] as? [String])
          found.withLock { $0 = alarms }
        } while found.withLock { $0.isEmpty }
      }
      return found.withLock { $0 }
    }
    let whole = ["/srv/lopt/training: cannot write: No space left on device"]
    let guarded = ["the state could not be written: No space left on device"]
    try await withTemporaryFolder { folder in
      let (file, reading) = (folder.appending(path: "token"), folder.appending(path: "reading"))
      try writePrivate("0123456789abcdef\n", to: file)
      try writePrivate("fedcba9876543210\n", to: reading)
      let token = Access.tokens(
        try AccessTokens(control: BearerToken(path: file.path), reading: BearerToken(path: reading.path)))
      for uri in ["/v1/status", "/readyz"] {
        #expect(try await alarms(.everything, uri) == whole)
        #expect(try await alarms(.reading(HostRule(names: [])), uri) == guarded)
        #expect(try await alarms(token, uri, [.authorization: "Bearer 0123456789abcdef"]) == whole)
        #expect(try await alarms(token, uri, [.authorization: "Bearer fedcba9876543210"]) == guarded)
      }
      #expect(try await alarms(token, "/readyz") == guarded)
    }
  }

  @Test("metrics are in Prometheus' text format: every sample with help and type, numbers that can be read")
  func metrics() async throws {
    try await withRun { client, _ in
      try await wait(beyond: 1, client)
      let response = try await client.execute(uri: "/metrics", method: .get)
      #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
      let lines = String(buffer: response.body).split(separator: "\n")
      for line in lines where !line.hasPrefix("#") {
        let sample = try #require(line.wholeMatch(of: /([a-z_]+)(\{[a-z]+="[^"]*"\})? (\S+)/))
        #expect(Double(sample.3) != nil, "\(line)")
        #expect(
          lines.contains { $0.hasPrefix("# TYPE \(sample.1) ") }
            && lines.contains { $0.hasPrefix("# HELP \(sample.1) ") })
      }
      let now = Date().timeIntervalSince1970
      // However long this task waited for its turn. The system's clock of ticks may be off by a second or two.
      let times = now - 24 * 3600...now + 2
      for name in ["process_start_time_seconds", "lopt_snapshot_timestamp_seconds"] {
        let line = try #require(lines.first { $0.hasPrefix(name + " ") }, "\(name)")
        #expect(times.contains(try #require(Double(line.dropFirst(name.count + 1)))), "\(line)")
      }
      for name in ["lopt_outer_loss", "lopt_inner_steps_total", "process_open_fds", "lopt_http_requests_total"] {
        #expect(lines.contains { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }, "\(name)")
      }
    }
  }
}
