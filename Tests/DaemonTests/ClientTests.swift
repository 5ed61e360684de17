import Foundation
import Snapshots
import TestSupport
import Testing

/// `lopt`'s commands against a daemon that trains, both as processes.
@Suite(.serialized) struct ClientTests {
  /// A daemon that serves, and what `lopt` needs to speak to it.
  private struct Served {
    var daemon: ToolProcess
    var folder: URL
    /// The address of its TCP listener.
    var address: String

    var state: URL { folder.appending(path: "state") }
    var socket: String { "unix:" + folder.appending(path: "daemon.sock").path }
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Runs `lopt`, all calls with the same cache and memory.
    func lopt(_ arguments: String...) throws -> ProcessResult {
      try ToolProcess.run(
        "lopt", arguments, environment: ["XDG_CACHE_HOME": path("cache"), "XDG_STATE_HOME": path("remembered")])
    }
  }

  /// Runs `body` with a daemon that signs, listens on a socket and on a port, and has a token.
  private func withDaemon(http: String = "", _ body: (Served) throws -> Void) throws {
    try withTemporaryFolder { folder in
      _ = try SmallDataset.digits(in: folder)
      try Data("0123456789abcdef\n".utf8).write(to: folder.appending(path: "token"))
      let key = try ToolProcess.run("lopt", ["key", "generate", "--output", folder.appending(path: "key").path])
      try #require(key.exitCode == 0, "\(key.errors)")
      let configuration = """
        {"datasets": ["data"], "state": "state", "threads": 1, "outer": {"pairs": 2,
         "curriculum": {"from": 2, "to": 2}}, "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
         "snapshot": {"every_seconds": 0.1, "free_mib": 0, "signing_key_file": "key"},
         "http": {"port": 0, "socket": "daemon.sock", "token_file": "token"\(http)}}
        """
      let file = folder.appending(path: "lopt.json")
      try configuration.write(to: file, atomically: true, encoding: .utf8)
      let daemon = try ToolProcess("lopt-daemon", ["--config", file.path])
      var address: Substring?
      try daemon.wait { process in
        address = process.errors.firstMatch(of: /serving (https?:\S+)/)?.output.1
        return address != nil && process.errors.contains("serving unix:")
          && process.errors.matches(of: /snapshot theta-/).count >= 2
      }
      try body(Served(daemon: daemon, folder: folder, address: String(#require(address))))
    }
  }

  @Test("a signed snapshot comes by TCP with the token, by the socket, from the folder, and from the cache without it")
  func fetch() throws {
    try withDaemon { served in
      let refused = try served.lopt("fetch", "latest", "--from", served.address)
      #expect(refused.exitCode == 77 && refused.errors.contains("--token-file"), "\(refused.errors)")
      let trusted = ["--public-key", served.path("key.pub"), "--output", served.path("output")]
      #expect(try served.lopt("pause", "--from", served.socket).output == "paused\n")
      for from in [
        ["--from", served.address, "--token-file", served.path("token")], ["--from", served.socket],
        ["--from", served.state.path],
      ] {
        for name in ["latest", "theta-000000000.safetensors"] {
          let result = try ToolProcess.run(
            "lopt", ["fetch", name] + from + trusted,
            environment: ["XDG_CACHE_HOME": served.path("cache"), "XDG_STATE_HOME": served.path("remembered")])
          #expect(result.exitCode == 0, "\(from): \(result.errors)")
          let file = URL(filePath: result.output.trimmingCharacters(in: .newlines))
          let step = try Snapshot(contentsOf: file).metadata.outerIteration
          #expect(name == "latest" ? step > 0 : step == 0)
        }
      }
      let stranger = try served.lopt("key", "generate", "--output", served.path("stranger"))
      #expect(stranger.exitCode == 0)
      let untrusted = try served.lopt(
        "fetch", "latest", "--from", served.socket, "--public-key", served.path("stranger.pub"))
      #expect(untrusted.exitCode == 65 && untrusted.errors.contains("not of the key"))
      served.daemon.send(SIGTERM)
      _ = try served.daemon.wait()
      let offline = try served.lopt(
        "fetch", "latest", "--from", served.socket, "--offline", "--public-key", served.path("key.pub"), "--output",
        served.path("offline"))
      #expect(offline.exitCode == 0, "\(offline.errors)")
      let verified = try served.lopt("verify", served.state.path, "--public-key", served.path("key.pub"))
      #expect(verified.exitCode == 0 && verified.output.contains("theta-000000000"), "\(verified.output)")
    }
  }

  @Test("status, list, pause, resume, snapshot, pin and unpin do what they say")
  func control() throws {
    try withDaemon { served in
      let from = ["--from", served.socket]
      func run(_ command: String...) throws -> String {
        let result = try ToolProcess.run("lopt", command + from)
        #expect(result.exitCode == 0, "\(command): \(result.errors)")
        return result.output
      }
      func outerIteration() throws -> Int {
        let line = try #require(try run("status").firstMatch(of: /outer-iteration: +(\d+)/))
        return try #require(Int(line.output.1))
      }
      #expect(try run("status").contains("mlp2x32"))
      #expect(try run("pause") == "paused\n")
      let name = try run("snapshot").trimmingCharacters(in: .newlines)
      #expect(try run("status").hasPrefix("training:         paused\n"))
      let paused = try outerIteration()
      usleep(300_000)
      #expect(try outerIteration() == paused)
      #expect(try run("pin", name) == "\(name)\n")
      /// The line of the snapshot in the list.
      func listed() throws -> Substring {
        try #require(try run("list").split(separator: "\n").first { $0.hasPrefix("\(name) ") })
      }
      #expect(try listed().hasSuffix(" pinned"))
      #expect(try run("unpin", name) == "\(name)\n")
      #expect(try !listed().contains("pinned"))
      #expect(try run("resume") == "running\n")
      let newer = try run("fetch", "latest", "--wait-newer-than", "\(paused)", "--output", served.path("newer"))
      #expect(
        try Snapshot(contentsOf: URL(filePath: newer.trimmingCharacters(in: .newlines))).metadata.outerIteration
          > paused)
      let overTCP = try served.lopt("pause", "--from", served.address, "--token-file", served.path("token"), "--json")
      #expect(overTCP.exitCode == 0 && overTCP.output.contains(#""paused" : true"#))
      #expect(try served.lopt("pause", "--from", served.address).exitCode == 77)
    }
  }

  private static let openssl = URL(filePath: "/usr/bin/openssl")

  @Test(
    "an https address is trusted by its authority, and not without",
    .enabled(if: FileManager.default.fileExists(atPath: openssl.path), "openssl makes the certificate"))
  func certificate() throws {
    try withTemporaryFolder { folder in
      let (certificate, key) = (folder.appending(path: "certificate.pem").path, folder.appending(path: "key.pem").path)
      let made = try ToolProcess(
        executable: Self.openssl,
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
          certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ]
      ).wait()
      try #require(made.exitCode == 0, "\(made.errors)")
      try withDaemon(http: #", "tls": {"certificate": "\#(certificate)", "key": "\#(key)"}"#) { served in
        let token = served.path("token")
        let plain = try served.lopt("status", "--from", served.address, "--token-file", token)
        #expect(plain.exitCode == 69 && plain.errors.contains("--certificate-authority"), "\(plain.errors)")
        let trusted = try served.lopt(
          "status", "--from", served.address, "--token-file", token, "--certificate-authority", certificate)
        #expect(trusted.exitCode == 0, "\(trusted.errors)")
        let none = try served.lopt(
          "status", "--from", served.address, "--token-file", token, "--certificate-authority", token)
        #expect(none.exitCode == 65 && none.errors.contains("holds no certificate"), "\(none.errors)")
      }
    }
  }
}
