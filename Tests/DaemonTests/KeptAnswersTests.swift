import Foundation
import TestSupport
import Testing

/// What the daemon answers to each request is what Tests/Fixtures/HTTP keeps of it, byte for byte.
///
/// The daemon runs as a process with the run that Tests/Fixtures/0.1.0 keeps, so that steps, digests and signatures are
/// the same each time. What cannot be is replaced by `…`: `Date`, the time of the start, the version, what the process
/// takes of the machine, and, in `progress.txt`, every number that depends on how far training is; then the length of the
/// body, too.
///
/// `LOPT_TEST_RECORD=1` in the environment makes the test write the files anew (``KeptText``).
@Suite(.serialized) struct KeptAnswersTests {
  private static let token = "0123456789abcdef"
  private static let newest = "/v1/snapshots/theta-000000005.safetensors"

  /// A daemon that serves over a Unix socket, and over TCP at a port of its own.
  private struct Served {
    var daemon: ToolProcess
    var socket: PlainClient
    var tcp: PlainClient
    var folder: URL
  }

  /// Runs `body` with a daemon of the kept run in a new folder.
  ///
  /// - Parameter asksForToken: whether it does over TCP.
  private func withDaemon(
    asksForToken: Bool, _ settings: [String: String], _ body: (Served) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      try EarlierFiles.unpack("data", into: folder)
      try EarlierFiles.unpack("run", into: folder)
      let token = folder.appending(path: "token")
      try writePrivate(Self.token, to: token)
      let socket = folder.appending(path: "s").path
      var always = ["http.port": "0", "http.socket": socket]
      if asksForToken { always["http.token_file"] = token.path }
      let daemon = try ToolProcess(
        "lopt-daemon",
        ["--config", folder.appending(path: "lopt.json").path]
          + always.merging(settings) { $1 }.flatMap { ["--set", "\($0)=\($1)"] })
      var port: UInt16?
      try daemon.wait { process in
        port = process.errors.firstMatch(of: /serving http:\S+:(\d+)/).flatMap { UInt16($0.output.1) }
        return port != nil && process.errors.contains("serving unix:")
      }
      try body(
        Served(
          daemon: daemon, socket: PlainClient(address: .unix(path: socket)),
          tcp: PlainClient(address: .tcp(port: #require(port))), folder: folder))
    }
  }

  /// A daemon that stands still at outer-iteration 5: it is to evaluate there, for a million steps.
  private func withStandingDaemon(_ body: (Served) throws -> Void) throws {
    try withDaemon(asksForToken: true, ["evaluation.every": "5", "evaluation.steps": "1000000"], body)
  }

  /// Compares answers with those that are kept.
  ///
  /// - Parameter hide: replaces more of an answer that is not the same each time.
  private func compare(_ name: String, _ answers: [String], hide: (String) -> String = { $0 }) throws {
    let text = answers.map { answer in
      let hidden = hide(
        answer.replacing(/"(started|version)"( ?: ?)"[^"]*"/) { "\"\($0.output.1)\"\($0.output.2)\"…\"" }
          .replacing(/version="[^"]*"/, with: "version=\"…\"")
          .replacing(/\n(process_\w+|lopt_snapshot_timestamp_seconds|lopt_http_requests_total\S+) [^ \n]+/) {
            "\n\($0.output.1) …"
          })
      return hidden == answer ? answer : hidden.replacing(/content-length: \d+/, with: "content-length: …")
    }.joined()
    let kept = try KeptText("HTTP/\(name).txt").kept(insteadOf: text)
    #expect(text == kept)
  }

  @Test("what a daemon has: health, the list, the newest, the best, status and history")
  func reading() throws {
    try withStandingDaemon { served in
      let client = served.socket
      try compare(
        "health",
        ["GET /healthz", "HEAD /healthz", "GET /readyz", "HEAD /readyz"].map { try client.exchange($0) })
      try compare(
        "snapshots",
        ["GET /v1/snapshots", "HEAD /v1/snapshots", "GET /v1/snapshots/latest", "GET /v1/snapshots/best"].map {
          try client.exchange($0)
        })
      try compare("status", [client.exchange("GET /v1/status"), client.exchange("GET /v1/history")])
      try compare("metrics", [client.exchange("GET /metrics")])
    }
  }

  @Test("a snapshot's file: whole, in parts, known already, and not there")
  func files() throws {
    try withStandingDaemon { served in
      let client = served.socket
      let head = try client.exchange("HEAD \(Self.newest)")
      let tag = try #require(head.firstMatch(of: /etag: (\S+)/)).output.1
      try compare(
        "files",
        [
          client.exchange("GET \(Self.newest)"), head,
          client.exchange("GET /v1/snapshots/average-000000005.safetensors"),
          client.exchange("GET \(Self.newest)", "If-None-Match: \(tag)"),
          client.exchange("GET \(Self.newest)", "If-None-Match: \"other\", W/\(tag)"),
          client.exchange("GET \(Self.newest)", "If-None-Match: \"other\""),
          client.exchange("GET \(Self.newest)", "Range: bytes=0-7"),
          client.exchange("GET \(Self.newest)", "Range: bytes=-4"),
          client.exchange("GET \(Self.newest)", "Range: bytes=8-15", "If-Range: \(tag)"),
          client.exchange("GET \(Self.newest)", "Range: bytes=8-15", "If-Range: \"other\""),
          client.exchange("GET \(Self.newest)", "Range: bytes=0-1,4-5"),
          client.exchange("HEAD \(Self.newest)", "Range: bytes=0-7"),
          client.exchange("GET \(Self.newest)", "Range: bytes=1000000-"),
          client.exchange("GET /v1/snapshots/theta-999999999.safetensors"),
          client.exchange("GET /v1/snapshots/..%2Flock"),
        ])
    }
  }

  @Test("what may be asked of a daemon: pause, resume, a snapshot, pins")
  func control() throws {
    try withStandingDaemon { served in
      let client = served.socket
      try compare(
        "control",
        [
          client.exchange("POST /v1/pause"), client.exchange("GET /v1/status"), client.exchange("POST /v1/resume"),
          client.exchange("GET /v1/status"), client.exchange("POST /v1/snapshot-now"),
          client.exchange("POST \(Self.newest)/pin"), client.exchange("GET /v1/snapshots"),
          client.exchange("POST \(Self.newest)/unpin"),
          client.exchange("POST /v1/snapshots/theta-999999999.safetensors/pin"),
          client.exchange("POST /v1/snapshots/theta-999999999.safetensors/unpin"),
        ])
    }
  }

  @Test("what is not answered: unknown paths, other methods, what is no HTTP")
  func refused() throws {
    try withStandingDaemon { served in
      let client = served.socket
      let requests = [
        "GET /v2", "GET /v1", "PUT /no/such/page", "GET /v1/pause", "PUT /v1/resume", "POST /healthz",
        "DELETE \(Self.newest)", "GET \(Self.newest)/pin", "PATCH /", "OPTIONS /v1/status",
      ]
      let malformed = PlainClient.text("> NO HTTP\n", try client.send(Data("NO HTTP\r\n\r\n".utf8)))
      let lines = (0..<200).map { "X-\($0): 1\r\n" }.joined()
      let long = PlainClient.text(
        "> GET /healthz, with 200 headers\n", try client.send(Data("GET /healthz HTTP/1.1\r\n\(lines)\r\n".utf8)))
      try compare("refused", requests.map { try client.exchange($0) } + [malformed, long])
    }
  }

  @Test("who may ask over TCP where a token is configured")
  func token() throws {
    try withStandingDaemon { served in
      var known = served.tcp
      known.headers = ["Authorization: Bearer \(Self.token)"]
      var wrong = served.tcp
      wrong.headers = ["Authorization: Bearer fedcba9876543210"]
      let requests = ["GET /healthz", "GET /readyz", "GET /v1/status", "HEAD \(Self.newest)", "POST /v1/resume"]
      try compare(
        "token",
        requests.map { try served.tcp.exchange($0) } + requests.map { try known.exchange($0) } + [
          wrong.exchange("GET /v1/status"), wrong.exchange("GET /metrics"), served.tcp.exchange("GET /", hides: true),
          served.tcp.exchange("GET /v2"),
        ])
    }
  }

  @Test("the page's headers, and those of all that it refers to by the kind of file, whichever files these are")
  func page() throws {
    try withStandingDaemon { served in
      let page = try served.socket.body("GET /")
      let references = page.matches(of: /<(?:script|link)[^>]*(?:src|href)="([^"]+)"/).map { String($0.output.1) }
        .filter { !$0.hasPrefix("data:") }
      var answers = ["GET /", "HEAD /"].map { try? served.socket.exchange($0, hides: true) }
      for kind in ["js", "css"] {
        let files = references.filter { $0.hasSuffix(".\(kind)") }
        #expect(!files.isEmpty)
        for method in ["GET", "HEAD"] {
          let each = try files.map { file in
            let path = file.hasPrefix("/") ? file : "/\(file)"
            return try served.socket.exchange("\(method) \(path)", hides: true)
              .replacing("> \(method) \(path)\n", with: "> \(method) /….\(kind)\n")
          }
          #expect(Set(each).count == 1, "\(files)")
          answers.append(each.first)
        }
      }
      try compare("page", answers.compactMap { $0 })
    }
  }

  @Test("what a daemon answers of snapshots that are damaged")
  func damaged() throws {
    try withStandingDaemon { served in
      let snapshots = served.folder.appending(path: "state/snapshots")
      for name in try FileManager.default.contentsOfDirectory(atPath: snapshots.path) where name.hasSuffix("tensors") {
        let file = snapshots.appending(path: name)
        var data = try Data(contentsOf: file)
        data[data.count - 1] ^= 1
        try data.write(to: file)
      }
      let requests = [
        "GET /readyz", "GET /v1/snapshots/latest", "GET /v1/snapshots/best", "GET \(Self.newest)",
        "POST \(Self.newest)/pin", "POST \(Self.newest)/unpin", "POST /v1/snapshot-now",
      ]
      try compare("damaged", requests.map { try served.socket.exchange($0) })
    }
  }

  @Test(
    "a daemon that trains: status and metrics with all that is known then; the disk nearly full; TCP without a token")
  func progress() throws {
    try withDaemon(asksForToken: false, ["snapshot.free_mib": "1000000000"]) { served in
      try served.daemon.wait { _ in try served.socket.body("GET /v1/status").contains("\"evaluation_loss\"") }
      let answers = try [
        served.socket.exchange("POST /v1/snapshot-now"), served.socket.exchange("GET /v1/status"),
        served.socket.exchange("GET /metrics"), served.tcp.exchange("GET /v1/status"),
        served.tcp.exchange("POST /v1/pause"), served.tcp.exchange("POST /v1/snapshot-now"),
        served.tcp.exchange("POST \(Self.newest)/pin"),
      ]
      try compare("progress", answers) { answer in
        answer.replacing(/("[a-z_]+":)-?[0-9][0-9.e+-]*/) { "\($0.output.1)…" }
          .replacing(/\n(lopt_\w+) [^ \n]+/) { "\n\($0.output.1) …" }
          .replacing(/[0-9]+ MiB/, with: "… MiB").replacing(/"\/[^"]*\/state:/, with: "\"…/state:")
      }
    }
  }
}
