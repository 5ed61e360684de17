import Files
import Foundation
import ScriptedServer
import Snapshots
import Synchronization
import TestSupport
import Testing

/// `lopt fetch` as a process; what it fetches is tested in SnapshotsTests, and with the daemon.
@Suite(.ownThreads) struct FetchCommandTests {
  @Test("a text that is no snapshot's name is exit 66 and says what a name is")
  func wrongName() throws {
    let result = try ToolProcess.run("lopt", ["fetch", "../../etc/passwd"])
    #expect(result.exitCode == 66)
    #expect(result.output.isEmpty)
    #expect(
      result.errors
        == "lopt: ../../etc/passwd: must be latest, best or the name of a snapshot, such as theta-000000012.safetensors\n"
    )
  }

  @Test("with --average a word stands for the average of θ, which is asked for by a word of its own")
  func average() async throws {
    let data = Data("an average".utf8)
    let record = SnapshotRecord(
      name: "average-000000007.safetensors", step: 7, sha256: Digest.sha256(data), size: data.count,
      created: "2026-01-01T00:00:00Z")
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with { request in
        .init(200, request.path.hasSuffix("-average") ? try JSONText.data(record) : data)
      } _: { server in
        for word in ["latest", "best", "best-average"] {
          let result = try await lopt(
            "fetch", word, "--average", "--from", server.address, "--output", folder.appending(path: word).path)
          #expect(result.exitCode == 0 && result.output.hasSuffix("/\(record.name)\n"), "\(result.errors)")
        }
        let asked = Set(server.requests.map(\.path).filter { $0.hasSuffix("-average") })
        #expect(asked == ["/v1/snapshots/latest-average", "/v1/snapshots/best-average"])
      }
    }
  }

  @Test("lopt fetch is exit 69 where no daemon listens")
  func noServer() throws {
    let result = try ToolProcess.run("lopt", ["fetch", "latest", "--from", "http://127.0.0.1:1", "--retries", "0"])
    #expect(result.exitCode == 69)
    #expect(result.errors.hasPrefix("lopt: http://127.0.0.1:1/v1/snapshots/latest: cannot be reached"))
  }

  @Test("a folder that is no state is exit 66")
  func noState() throws {
    try withTemporaryFolder { folder in
      let result = try ToolProcess.run("lopt", ["fetch", "latest", "--from", folder.path])
      #expect(result.exitCode == 66)
      #expect(result.errors == "lopt: \(folder.path): no snapshot there; is it the state folder of a daemon?\n")
    }
  }

  @Test("without a server a snapshot comes that was fetched from it before, and each retry is told")
  func offline() async throws {
    let data = Data("a snapshot".utf8)
    let record = SnapshotRecord(
      name: "theta-000000007.safetensors", step: 7, sha256: Digest.sha256(data), size: data.count,
      created: "2026-01-01T00:00:00Z")
    let failures = Mutex(1)
    try await withTemporaryFolder { folder in
      let variables = ["XDG_CACHE_HOME": folder.appending(path: "cache").path]
      let from = Mutex("")
      try await ScriptedServer.with { request in
        let isFailing = failures.withLock { count in
          count -= 1
          return count >= 0
        }
        if isFailing { return .init(503) }
        return .init(200, request.path.hasSuffix("latest") ? try JSONText.data(record) : data)
      } _: { server in
        from.withLock { $0 = server.address }
        let output = folder.appending(path: "a").path
        let result = try await lopt(
          "fetch", "latest", "--from", server.address, "--output", output, "--json", environment: variables)
        #expect(result.exitCode == 0)
        #expect(result.errors.contains("503") && result.errors.contains("trying again in 0."), "\(result.errors)")
        let printed = try JSONDecoder().decode(SnapshotRecord.self, from: Data(result.output.utf8))
        #expect(printed == record && result.output.contains("\"path\" : \"\(output)/\(record.name)\""))
      }
      let address = from.withLock { $0 }
      let again = try await lopt(
        "fetch", "latest", "--from", address, "--output", folder.appending(path: "b").path, "--offline",
        environment: variables)
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(try Data(contentsOf: URL(filePath: again.output.trimmingCharacters(in: .newlines))) == data)
    }
  }

  @Test("without a home that can be written a signed snapshot comes, and what is not kept is said, each once")
  func noHome() async throws {
    let data = Data("a snapshot".utf8)
    let key = SigningKey()
    let record = try key.signed(
      SnapshotRecord(
        name: "theta-000000007.safetensors", step: 7, sha256: Digest.sha256(data), size: data.count,
        created: "2026-01-01T00:00:00Z"))
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "key.pub")
      try Data(key.publicKey.text.utf8).write(to: file)
      try await ScriptedServer.with { request in
        .init(200, request.path.hasSuffix("latest") ? try JSONText.data(record) : data)
      } _: { server in
        let homes = [
          ["XDG_CACHE_HOME": "/dev/null/cache", "XDG_STATE_HOME": "/dev/null/state"],
          ["XDG_CACHE_HOME": "", "XDG_STATE_HOME": "", "HOME": "/dev/null"],
        ]
        for (index, variables) in homes.enumerated() {
          let output = folder.appending(path: "\(index)").path
          let result = try await lopt(
            "fetch", "latest", "--from", server.address, "--output", output, "--public-key", file.path,
            environment: variables)
          #expect(result.exitCode == 0 && result.output == "\(output)/\(record.name)\n", "\(result.errors)")
          for variable in ["XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            #expect(result.errors.components(separatedBy: "set \(variable) to").count == 2, "\(result.errors)")
          }
        }
      }
    }
  }

  @Test(
    "options that do not go together are exit 64",
    arguments: [
      ["theta-000000007.safetensors", "--wait-newer-than", "3"], ["latest", "--wait-newer-than", "3", "--offline"],
      ["latest", "--allow-older"], ["latest", "--retries", "-1"], ["latest", "--from", "http://"],
      ["latest", "--max-age", "soon"], ["theta-000000007.safetensors", "--average"],
    ])
  func wrongOptions(arguments: [String]) async throws {
    let result = try await lopt(["fetch"] + arguments)
    #expect(result.exitCode == 64 && result.output.isEmpty)
  }
}
