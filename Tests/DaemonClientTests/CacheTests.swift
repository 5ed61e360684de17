import Files
import Foundation
import ScriptedServer
import TestSupport
import Testing

@testable import DaemonClient
@testable import Snapshots

/// What was fetched before, and fetching without a server.
@Suite(.ownThreads) struct CacheTests {
  private func options(_ folder: URL, offline: Bool = false, mostFiles: Int = 64) -> SnapshotFetcher.Options {
    var options = SnapshotFetcher.Options.quick()
    options.cache = SnapshotCache(folder: folder.appending(path: "cache"), mostFiles: mostFiles)
    options.isOffline = offline
    return options
  }

  @Test("a file that was fetched before is not fetched again; a damaged one is")
  func cached() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with(daemon.answer) { server in
        func downloads() -> Int {
          server.requests.filter { $0.method == "GET" && $0.path.hasSuffix(".safetensors") }.count
        }
        func fetchAgain(_ output: String, _ name: String = "latest") async throws {
          let fetched = try await fetch(
            name, from: server.address, into: folder.appending(path: output), options(folder))
          #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
        }
        try await fetchAgain("a")
        try await fetchAgain("b")
        try await fetchAgain("c", daemon.latest.name)
        #expect(downloads() == 1)
        let cache = folder.appending(path: "cache")
        let kept = try #require(try names(cache).first { $0.hasSuffix(".safetensors") })
        #expect(kept == "theta-000000007-\(daemon.latest.sha256).safetensors")
        try Data("damaged".utf8).write(to: cache.appending(path: kept))
        try await fetchAgain("d")
        #expect(downloads() == 2)
        try await fetchAgain("e")
        #expect(downloads() == 2)
      }
    }
  }

  @Test(
    "without its server the cache has the newest snapshot that it gave, the best of its last answer, and each by name")
  func offline() async throws {
    let key = SigningKey()
    try await withTemporaryFolder { folder in
      let address = "http://127.0.0.1:1"
      let cache = SnapshotCache(folder: folder.appending(path: "cache"))
      let daemon = try ScriptedDaemon(3, 7, 12, signedBy: key)
      for (number, (record, word)) in zip(daemon.snapshots, ["best", "latest", "latest"]).enumerated() {
        let file = folder.appending(path: record.name)
        try daemon.files[record.name]?.write(to: file)
        let server = number == 2 ? "http://127.0.0.1:2" : address
        try cache.keep(record, file, from: server, as: word, now: Date(timeIntervalSince1970: 1_000 - Double(number)))
      }
      var trusting = options(folder, offline: true)
      trusting.trust = SnapshotTrust(key: key.publicKey, memory: folder.appending(path: "memory"))
      for (name, step) in [("latest", 7), ("best", 3), ("theta-000000003.safetensors", 3)] {
        let fetched = try await fetch(name, from: address, into: folder.appending(path: "output"), trusting)
        #expect(fetched.record.step == step)
        #expect(try Data(contentsOf: fetched.file) == daemon.files[fetched.record.name])
      }
      trusting.trust.key = SigningKey().publicKey
      let untrusted = await #expect(throws: SnapshotError.self) {
        try await fetch(from: address, into: folder, trusting)
      }
      #expect(untrusted?.code == .untrusted)
      for (name, server) in [("theta-000000012.safetensors", address), ("latest", "http://127.0.0.1:3")] {
        let error = await #expect(throws: SnapshotError.self) {
          try await fetch(name, from: server, into: folder, options(folder, offline: true))
        }
        #expect(error?.code == .missing && error?.description.contains(server) == true)
      }
    }
  }

  @Test("of a file that two servers gave, each server's record stays its own: its signature and its time")
  func recordsOfSources() async throws {
    let key = SigningKey()
    try await withTemporaryFolder { folder in
      let cache = SnapshotCache(folder: folder.appending(path: "cache"))
      let daemon = try ScriptedDaemon(7, signedBy: key)
      let signed = daemon.latest
      // A mirror has the same file, says that it is new, and signs nothing.
      let other = ScriptedDaemon.record(step: 7, daemon.latestFile, created: "2999-01-01T00:00:00Z")
      let file = folder.appending(path: signed.name)
      try daemon.latestFile.write(to: file)
      let (server, mirror) = ("http://127.0.0.1:1", "http://127.0.0.1:2")
      try cache.keep(signed, file, from: server, as: "latest", now: Date(timeIntervalSince1970: 1_000))
      try cache.keep(other, file, from: mirror, as: "latest", now: Date(timeIntervalSince1970: 2_000))
      #expect(try cache.record(of: "latest", from: server) == signed)
      #expect(try cache.record(of: "latest", from: mirror) == other)
      var trusting = options(folder, offline: true)
      trusting.trust = SnapshotTrust(key: key.publicKey, memory: folder.appending(path: "memory"))
      _ = try await fetch(from: server, into: folder.appending(path: "output"), trusting)
      trusting.trust = SnapshotTrust(longestAge: 86_400, memory: folder.appending(path: "memory"))
      let old = await #expect(throws: SnapshotError.self) {
        try await fetch(from: server, into: folder.appending(path: "output"), trusting)
      }
      #expect(old?.code == .untrusted, "another server's time does not make it new")
    }
  }

  @Test("the record in an entry of an older version is that of the server that gave it last")
  func olderEntry() throws {
    try withTemporaryFolder { folder in
      let cache = SnapshotCache(folder: folder.appending(path: "cache"))
      let daemon = try ScriptedDaemon(7)
      let file = folder.appending(path: daemon.latest.name)
      try daemon.latestFile.write(to: file)
      for (server, time) in [("http://a", 1_000.0), ("http://b", 2_000.0)] {
        try cache.keep(daemon.latest, file, from: server, as: "latest", now: Date(timeIntervalSince1970: time))
      }
      let names = try names(folder.appending(path: "cache"))
      let entry = folder.appending(path: "cache/\(try #require(names.first { $0.hasSuffix(".json") }))")
      var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: entry)) as? [String: Any])
      object["sources"] = (object["sources"] as? [[String: Any]])?.map { source in source.filter { $0.key != "record" }
      }
      try JSONSerialization.data(withJSONObject: object).write(to: entry)
      #expect(try cache.record(of: "latest", from: "http://b") == daemon.latest)
      #expect(try cache.record(of: "latest", from: "http://a") == nil)
    }
  }

  @Test("the cache is bounded: what was fetched longest ago goes, and so do leftovers of a day")
  func bounded() throws {
    try withTemporaryFolder { folder in
      let cacheFolder = folder.appending(path: "cache")
      let cache = SnapshotCache(folder: cacheFolder, mostFiles: 3, mostBytes: 250)
      func keep(_ step: Int, size: Int, at time: Double) throws {
        let data = ScriptedDaemon.file(step: step, size: size)
        let file = folder.appending(path: "file")
        try data.write(to: file)
        try cache.keep(
          ScriptedDaemon.record(step: step, data), file, from: "http://a", as: "latest",
          now: Date(timeIntervalSince1970: time))
      }
      func steps() throws -> Set<Int> {
        Set(
          try names(cacheFolder).filter { $0.hasSuffix(".safetensors") }.compactMap { Int($0.dropFirst(6).prefix(9)) })
      }
      let now = Date().timeIntervalSince1970
      try keep(4, size: 50, at: now)
      for step in 1...3 { try keep(step, size: 50, at: now + Double(step)) }
      #expect(try steps() == [1, 2, 3])
      #expect(try names(cacheFolder).count == 6)
      try keep(5, size: 180, at: now + 5)
      #expect(try steps() == [3, 5])
      try keep(6, size: 300, at: now + 6)
      #expect(try steps() == [3, 5], "what does not fit at all is not kept")
      try Data().write(to: cacheFolder.appending(path: "theta-000000009-x.safetensors"))
      try keep(5, size: 180, at: now + 60)
      #expect(try steps() == [3, 5, 9], "another process may be at it")
      try keep(5, size: 180, at: now + 90_000)
      #expect(try steps() == [3, 5])
    }
  }

  @Test("a cache that cannot be written to does not keep a snapshot from arriving")
  func unwritable() async throws {
    let daemon = try ScriptedDaemon(7)
    try await withTemporaryFolder { folder in
      try Data().write(to: folder.appending(path: "cache"))
      try await ScriptedServer.with(daemon.answer) { server in
        try await confirmation { told in
          var options = options(folder)
          options.report = { if case .notCached = $0 { told() } }
          let fetched = try await fetch(from: server.address, into: folder.appending(path: "output"), options)
          #expect(try Data(contentsOf: fetched.file) == daemon.latestFile)
        }
      }
    }
  }
}
