import Foundation
import TestSupport
import Testing

/// Where `lopt-daemon`, as a process, listens, and to whom.
@Suite(.serialized, .ownThreads) struct ListenerProcessTests {
  /// Runs `body` with a daemon on the socket `s` of a folder and on a port, without a token.
  func withDaemon(_ body: (ToolProcess, URL, UInt16) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      _ = try SmallDataset.digits(in: folder)
      let configuration = """
        {"datasets": ["data"], "state": "state", "threads": 1, "outer": {"pairs": 2,
         "curriculum": {"from": 2, "to": 2}}, "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
         "snapshot": {"free_mib": 0},
         "http": {"port": 0, "socket": "s", "host_names": ["trainer.example.org"]}}
        """
      let file = folder.appending(path: "lopt.json")
      try configuration.write(to: file, atomically: true, encoding: .utf8)
      let daemon = try ToolProcess("lopt-daemon", ["--config", file.path])
      var port: UInt16?
      try daemon.wait { process in
        port = process.errors.firstMatch(of: /serving http:\S+:(\d+)/).flatMap { UInt16($0.output.1) }
        return port != nil && process.errors.contains("serving unix:")
      }
      try await body(daemon, folder, #require(port))
    }
  }

  @Test("a second daemon on one Unix socket is exit 75, and the socket stays the first one's")
  func socketTaken() async throws {
    try await withDaemon { daemon, folder, _ in
      let socket = folder.appending(path: "s").path
      let second = try ToolProcess.run(
        "lopt-daemon",
        ["--config", folder.appending(path: "lopt.json").path, "--state", folder.appending(path: "other").path])
      #expect(second.exitCode == 75 && second.errors.contains("http.socket: another process listens on \(socket)"))
      let status = try ToolProcess.run("lopt", ["status", "--from", "unix:\(socket)"])
      #expect(status.exitCode == 0, "\(status.errors)")
      daemon.send(SIGTERM)
      _ = try daemon.wait()
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("s") }
      #expect(left == ["state"], "socket and lock are gone")
    }
  }

  @Test("a daemon without http.socket is controlled by its state folder, by nobody but its owner, and leaves no socket")
  func besideState() throws {
    try withTemporaryFolder { folder in
      let daemon = try startWithoutSocket(in: folder, state: "state")
      try daemon.wait { $0.errors.contains("serving unix:") }
      let state = folder.appending(path: "state").path
      let mode = try FileManager.default.attributesOfItem(atPath: state + "/daemon.sock")[.posixPermissions]
      #expect(mode as? Int == 0o600)
      for (command, printed) in [("pause", "paused\n"), ("resume", "running\n")] {
        let result = try ToolProcess.run("lopt", [command, "--from", state])
        #expect(result.exitCode == 0 && result.output == printed, "\(result.errors)")
      }
      daemon.send(SIGTERM)
      #expect(try daemon.wait().exitCode == 0)
      let left = try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.contains("sock") }
      #expect(left.isEmpty)
      let stopped = try ToolProcess.run("lopt", ["pause", "--from", state])
      #expect(stopped.exitCode == 69 && stopped.errors.contains("--from unix:PATH"))
    }
  }

  @Test("where the state folder can have no socket, the daemon says so and trains and serves all the same")
  func noPlaceBesideState() throws {
    try withTemporaryFolder { folder in
      let long = String(repeating: "x", count: 120)
      let daemon = try startWithoutSocket(in: folder, state: long)
      try daemon.wait {
        ["serving http:", "snapshot theta-", "http.socket names another socket"].allSatisfy($0.errors.contains)
      }
      daemon.send(SIGTERM)
      let result = try daemon.wait()
      #expect(result.exitCode == 0, "\(result.errors)")
    }
  }

  /// Starts a daemon on a port alone.
  private func startWithoutSocket(in folder: URL, state: String) throws -> ToolProcess {
    _ = try SmallDataset.digits(in: folder)
    let configuration = """
      {"datasets": ["data"], "state": "\(state)", "threads": 1, "outer": {"pairs": 2,
       "curriculum": {"from": 2, "to": 2}}, "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
       "snapshot": {"free_mib": 0}, "http": {"port": 0}}
      """
    let file = folder.appending(path: "lopt.json")
    try configuration.write(to: file, atomically: true, encoding: .utf8)
    return try ToolProcess("lopt-daemon", ["--config", file.path])
  }

  @Test(
    "over TCP without a token only addresses, localhost and configured names are answered for; requests name one host")
  func hosts() async throws {
    try await withDaemon { _, folder, port in
      let tcp = PlainClient(address: .tcp(port: port))
      let socket = PlainClient(address: .unix(path: folder.appending(path: "s").path))
      func status(_ client: PlainClient, _ hosts: [String], version: String = "1.1", path: String = "/v1/status") throws
        -> Int?
      {
        let close = version == "1.1" ? ["Connection: close"] : []
        let lines = ["GET \(path) HTTP/\(version)"] + hosts.map { "Host: \($0)" } + close + ["", ""]
        let answer = try client.send(Data(lines.joined(separator: "\r\n").utf8))
        return String(decoding: answer.prefix(12), as: UTF8.self).split(separator: " ").last.flatMap { Int($0) }
      }
      for path in ["/", "/v1/status", "/healthz", "/metrics", "/page.js", "/no/such/page"] {
        #expect(try status(tcp, ["evil.example.org:\(port)"], path: path) == 421, "\(path)")
      }
      for host in ["127.0.0.1:\(port)", "localhost", "[::1]:1", "trainer.example.org"] {
        #expect(try status(tcp, [host]) == 200, "\(host)")
      }
      #expect(try status(socket, ["evil.example.org"]) == 200)
      // The client of 0.1 names no host to a Unix socket.
      for (client, withoutHost) in [(tcp, 400), (socket, 200)] {
        #expect(try status(client, []) == withoutHost)
        for hosts in [["localhost", "localhost"], ["localhost", "evil.example.org"], ["a@localhost"]] {
          #expect(try status(client, hosts) == 400, "\(hosts)")
        }
        // Closed by the daemon at once: the answer ends.
        var answered: Int?
        let time = try ContinuousClock().measure { answered = try status(client, [], version: "1.0") }
        #expect(answered == 200 && time < .seconds(5))
      }
      #expect(try status(tcp, ["localhost"], path: "http://evil.example.org/v1/status") == 421)
      #expect(try status(tcp, ["localhost"], path: "/v1/%73tatus") == 200)
    }
  }
}
