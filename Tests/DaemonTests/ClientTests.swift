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
      try writePrivate("0123456789abcdef\n", to: folder.appending(path: "token"))
      try writePrivate("the-token-for-reading\n", to: folder.appending(path: "reading"))
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

  @Test(
    "an https address is trusted by its authority, for the names of its certificate, and not without",
    .enabled(if: TestCertificate.canBeMade, "openssl makes the certificate"))
  func certificate() throws {
    try withTemporaryFolder { folder in
      let own = try TestCertificate("own", in: folder)
      let tls = #", "tls": {"certificate": "\#(own.certificate.path)", "key": "\#(own.key.path)"}"#
      try withDaemon(http: tls) { served in
        let token = served.path("token")
        let plain = try served.lopt("status", "--from", served.address, "--token-file", token)
        #expect(plain.exitCode == 69 && plain.errors.contains("--certificate-authority"), "\(plain.errors)")
        let named = served.address.replacing("127.0.0.1", with: "localhost")
        for address in [served.address, named] {
          let trusted = try served.lopt(
            "status", "--from", address, "--token-file", token, "--certificate-authority", own.certificate.path)
          #expect(trusted.exitCode == 0, "\(trusted.errors)")
        }
        let none = try served.lopt(
          "status", "--from", served.address, "--token-file", token, "--certificate-authority", token)
        #expect(none.exitCode == 65 && none.errors.contains("holds no certificate"), "\(none.errors)")
        let other = try TestCertificate("other", in: folder)
        let wrong = try served.lopt(
          "status", "--from", served.address, "--token-file", token, "--certificate-authority", other.certificate.path)
        #expect(wrong.exitCode == 69 && wrong.errors.contains("no certificate in \(other.certificate.path)"))
        #expect(!wrong.errors.contains("--certificate-authority"), "it was given: \(wrong.errors)")
      }
    }
  }

  @Test(
    "a certificate for the peer's address is not one for a name that leads there, and the token stays here",
    .enabled(if: TestCertificate.canBeMade, "openssl makes the certificate"))
  func certificateOfAnAddress() throws {
    try withTemporaryFolder { folder in
      let own = try TestCertificate("own", for: "IP:127.0.0.1", in: folder)
      let tls = #", "tls": {"certificate": "\#(own.certificate.path)", "key": "\#(own.key.path)"}"#
      try withDaemon(http: tls) { served in
        func status(_ address: String) throws -> ProcessResult {
          try served.lopt(
            "status", "--from", address, "--token-file", served.path("token"), "--certificate-authority",
            own.certificate.path)
        }
        #expect(try status(served.address).exitCode == 0)
        let other = try status(served.address.replacing("127.0.0.1", with: "localhost"))
        #expect(other.exitCode == 69 && other.errors.contains("is for 127.0.0.1, not for localhost"), "\(other.errors)")
      }
    }
  }

  @Test("a token's file that everybody may read is refused with the command that mends it, or taken by a flag")
  func readableToken() throws {
    try withDaemon { served in
      let token = served.path("copy")
      try writePrivate("0123456789abcdef\n", to: URL(filePath: token), mode: 0o644)
      let refused = try served.lopt("status", "--from", served.address, "--token-file", token)
      #expect(refused.exitCode == 77 && refused.errors.contains("chmod o= \(token)"), "\(refused.errors)")
      let taken = try served.lopt(
        "status", "--from", served.address, "--token-file", token, "--allow-readable-secrets")
      #expect(taken.exitCode == 0, "\(taken.errors)")
    }
  }

  @Test("SIGHUP takes a renewed token and says so; where one file is wrong nothing is taken, and an alarm says why")
  func renewal() throws {
    try withDaemon(http: #", "read_token_file": "reading""#) { served in
      let (token, reading) = (URL(filePath: served.path("token")), URL(filePath: served.path("reading")))
      func status(_ file: URL) throws -> Int32 {
        try served.lopt("status", "--from", served.address, "--token-file", file.path).exitCode
      }
      #expect(try status(token) == 0 && status(reading) == 0)
      let refused = try served.lopt("pause", "--from", served.address, "--token-file", reading.path)
      #expect(refused.exitCode == 77 && refused.errors.contains("for reading only"), "\(refused.errors)")
      try writePrivate("fedcba9876543210", to: token)
      #expect(try status(token) == 77)
      served.daemon.send(SIGHUP)
      try served.daemon.wait { $0.errors.contains("reloaded: http.token_file: another token") }
      #expect(!served.daemon.errors.contains("nothing has changed"))
      #expect(try status(token) == 0)
      try writePrivate("0011223344556677", to: token)
      try writePrivate("short", to: reading)
      served.daemon.send(SIGHUP)
      try served.daemon.wait { $0.errors.contains("not reloaded, what was in use stays: http.read_token_file") }
      let alarmed = try served.lopt("status", "--from", served.socket)
      #expect(alarmed.output.contains("ALARM:") && alarmed.output.contains("not reloaded"), "\(alarmed.output)")
      try writePrivate("fedcba9876543210", to: token)
      #expect(try status(token) == 0)
      try writePrivate("another reading token".replacing(" ", with: "-"), to: reading)
      served.daemon.send(SIGHUP)
      try served.daemon.wait { $0.errors.contains("reloaded: http.read_token_file: another token") }
      #expect(try !served.lopt("status", "--from", served.socket).output.contains("ALARM:"))
      #expect(try status(reading) == 0)
    }
  }
}
