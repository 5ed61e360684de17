import Files
import Foundation
import ScriptedServer
import TestSupport
import Testing

@testable import DaemonClient
@testable import Snapshots

/// What signatures, steps and ages a fetch accepts, and from whom.
@Suite(.ownThreads) struct TrustTests {
  private let key = SigningKey()

  /// Trust in the key, remembering in a folder.
  private func trust(_ folder: URL, allowsOlder: Bool = false) -> SnapshotTrust {
    SnapshotTrust(key: key.publicKey, allowsOlder: allowsOlder, memory: folder.appending(path: "memory"))
  }

  /// Fetches from a daemon into the folder `output`.
  private func fetched(
    _ name: String = "latest", from daemon: ScriptedDaemon, _ folder: URL, _ trust: SnapshotTrust
  ) async throws {
    try await ScriptedServer.with(daemon.answer) { server in
      let fetched = try await fetch(
        name, from: server.address, into: folder.appending(path: "output"), .quick(trust: trust))
      #expect(try Data(contentsOf: fetched.file) == daemon.files[fetched.record.name])
    }
  }

  /// Expects that nothing is taken, and returns the error's text.
  private func refused(
    _ name: String = "latest", from daemon: ScriptedDaemon, _ folder: URL, _ trust: SnapshotTrust
  ) async throws -> String {
    let error = await #expect(throws: SnapshotError.self) {
      try await fetched(name, from: daemon, folder, trust)
    }
    #expect(error?.code == .untrusted && error?.exitCode == .data)
    return error?.description ?? ""
  }

  @Test(
    "a snapshot that the key signed is taken, by every name",
    arguments: ["latest", "best", "theta-000000007.safetensors"])
  func signed(name: String) async throws {
    try await withTemporaryFolder { folder in
      try await fetched(name, from: ScriptedDaemon(7, signedBy: key), folder, trust(folder))
    }
  }

  @Test("a record without a signature, of another key, or with another record's signature is refused before a download")
  func wrongSignature() async throws {
    try await withTemporaryFolder { folder in
      var changed = try ScriptedDaemon(7, signedBy: key)
      changed.snapshots[0].created = "2027-01-01T00:00:00Z"
      let daemons = [try ScriptedDaemon(7), try ScriptedDaemon(7, signedBy: SigningKey()), changed]
      for (daemon, reason) in zip(daemons, ["is not signed", "not of the key", "not of the key"]) {
        for name in ["latest", daemon.latest.name] {
          #expect(try await refused(name, from: daemon, folder, trust(folder)).contains(reason))
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "output").path))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "memory").path))
    }
  }

  @Test("a latest that is older than an earlier one of the key is refused, unless older ones are allowed")
  func older() async throws {
    try await withTemporaryFolder { folder in
      let (old, new) = (try ScriptedDaemon(3, signedBy: key), try ScriptedDaemon(3, 7, signedBy: key))
      try await fetched(from: old, folder, trust(folder))
      try await fetched(from: new, folder, trust(folder))
      #expect(try await refused(from: old, folder, trust(folder)).contains("step 7 of the key"))
      try await fetched(from: old, folder, trust(folder, allowsOlder: true))
      #expect(try await refused(from: old, folder, trust(folder)).contains("--allow-older"), "it is not forgotten")
      try await fetched("theta-000000003.safetensors", from: new, folder, trust(folder))
      try await fetched(from: new, folder, trust(folder))
    }
  }

  @Test("steps are remembered for each key; a line that a killed process cut does not count")
  func memory() async throws {
    try await withTemporaryFolder { folder in
      try await fetched(from: ScriptedDaemon(7, signedBy: key), folder, trust(folder))
      let other = SigningKey()
      let memory = folder.appending(path: "memory")
      try await fetched(
        from: ScriptedDaemon(3, signedBy: other), folder, SnapshotTrust(key: other.publicKey, memory: memory))
      let file = memory.appending(path: "\(key.publicKey.fingerprint).steps")
      #expect(try String(contentsOf: file, encoding: .utf8) == "7\n")
      try Data("7\n1".utf8).write(to: file)
      try await fetched(from: ScriptedDaemon(12, signedBy: key), folder, trust(folder))
      #expect(try String(contentsOf: file, encoding: .utf8).hasSuffix("12\n"))
      _ = try await refused(from: ScriptedDaemon(11, signedBy: key), folder, trust(folder))
    }
  }

  @Test(
    "a link in the place of the memory, or on the way to it, that leads nowhere is no leave to take an older one",
    arguments: [true, false])
  func lostMemory(isLoop: Bool) async throws {
    try await withTemporaryFolder { folder in
      let old = try ScriptedDaemon(3, signedBy: key)
      try await fetched(from: ScriptedDaemon(7, signedBy: key), folder, trust(folder))
      let memory = folder.appending(path: "memory")
      for link in [memory.appending(path: "\(key.publicKey.fingerprint).steps"), memory] {
        let kept = folder.appending(path: "kept")
        try FileManager.default.moveItem(at: link, to: kept)
        try FileManager.default.createSymbolicLink(
          atPath: link.path, withDestinationPath: isLoop ? link.path : "/nowhere")
        let error = await #expect(throws: FileError.self) { try await fetched(from: old, folder, trust(folder)) }
        let reason = isLoop ? "Too many levels of symbolic links" : "No such file or directory"
        #expect(error?.reason == reason && error?.path.hasPrefix(link.path) == true)
        try FileManager.default.removeItem(at: link)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: kept)
        #expect(try await refused(from: old, folder, trust(folder)).contains("step 7 of the key"))
        try FileManager.default.removeItem(at: link)
        try FileManager.default.moveItem(at: kept, to: link)
      }
    }
  }

  @Test("a snapshot that is older than the longest age is refused")
  func age() throws {
    let record = ScriptedDaemon.record(step: 7, Data(), created: "2026-01-01T00:00:00Z")
    let created = try Date("2026-01-01T00:00:00Z", strategy: .iso8601)
    let trust = SnapshotTrust(longestAge: 60)
    try trust.check(record, isLatest: true, now: created + 60)
    try trust.check(record, isLatest: true, now: created - 86_400)
    let error = #expect(throws: SnapshotError.self) { try trust.check(record, isLatest: true, now: created + 61) }
    #expect(error?.code == .untrusted && error?.description.contains("--max-age") == true)
  }

  @Test("a token is sent to its server, and to no other")
  func token() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate("s3cret\n", to: file)
      let access = try DaemonAccess(tokenFile: file)
      try await ScriptedServer.with { request in
        request["authorization"] == "Bearer s3cret" ? try daemon.answer(request) : .init(401)
      } _: { server in
        _ = try await fetch(from: server.address, into: folder, access: access)
        let none = await #expect(throws: SnapshotError.self) { try await fetch(from: server.address, into: folder) }
        #expect(none?.exitCode == .permission && none?.description.contains("--token-file") == true)
        try writePrivate("other", to: file)
        let wrong = try DaemonAccess(tokenFile: file)
        let refused = await #expect(throws: SnapshotError.self) {
          try await fetch(from: server.address, into: folder, access: wrong)
        }
        #expect(refused?.exitCode == .permission && refused?.description.contains("is it the token") == true)
      }
      try await ScriptedServer.with(daemon.answer) { other in
        try await ScriptedServer.with { request in
          .init(302, headers: ["location": other.address + request.path])
        } _: { server in
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch(from: server.address, into: folder, access: access)
          }
          #expect(error?.description.hasSuffix("--from \(other.address)") == true)
        }
        #expect(other.requests.isEmpty)
      }
    }
  }

  @Test("a file that is no token is refused", arguments: ["", "\n", "two words", "two\nlines", "ü"])
  func noToken(text: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate(text, to: file)
      #expect(throws: SnapshotError.self) { try DaemonAccess(tokenFile: file) }
    }
  }

  @Test(
    "a record that cannot be a snapshot's is refused, whatever is asked for",
    arguments: ["../theta-000000007.safetensors", "/etc/passwd", "theta-7.safetensors", "theta-000000008.safetensors"])
  func strangeNames(name: String) async throws {
    var daemon = try ScriptedDaemon(7)
    daemon.snapshots[0].name = name
    let liar = daemon
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        .init(
          200, headers: ["lopt-record": String(decoding: try JSONEncoder().encode(liar.latest), as: UTF8.self)],
          try JSONText.data(liar.latest))
      } _: { server in
        for word in ["latest", "best", "theta-000000007.safetensors"] {
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch(word, from: server.address, into: folder)
          }
          #expect(error?.code == .server)
        }
        let left = try names(folder)
        #expect(left.isEmpty)
      }
    }
  }

  @Test("bytes that are not those of the record never get the final name, nor stay")
  func otherBytes() async throws {
    let daemon = try ScriptedDaemon(7)
    for bytes in [Data(repeating: 1, count: 100_000), Data(repeating: 1, count: 9), Data(repeating: 1, count: 100_001)]
    {
      try await withTemporaryFolder { folder in
        try await ScriptedServer.with { request in
          request.path.hasSuffix(".safetensors") ? .init(200, bytes) : try daemon.answer(request)
        } _: { server in
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch(from: server.address, into: folder.appending(path: "new"), .quick(retries: 3))
          }
          #expect(error?.code == .damaged)
          let left = try names(folder)
          #expect(left.isEmpty)
        }
      }
    }
  }
}
