import Files
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Shards

@Suite struct VerificationTests {
  /// Runs `body` with the folder of a dataset of two shards.
  private func withDataset(_ body: (URL, Manifest) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try body(output, try SampleDataset(classesInShard: 5).write(to: output))
    }
  }

  /// The bytes that opening the dataset reads.
  private func bytesRead(_ folder: URL) throws -> Int {
    var bytes = 0
    _ = try SampleDataset.open(folder) { bytes += $0 }
    return bytes
  }

  @Test("a dataset is read whole once, and not again")
  func once() throws {
    try withDataset { folder, manifest in
      let (first, second) = (try bytesRead(folder), try bytesRead(folder))
      #expect(first == manifest.shards.reduce(0) { $0 + $1.bytes })
      #expect(second == 0)
    }
  }

  @Test("a shard that was written to since is read again, and a damaged one refused by name")
  func damagedLater() throws {
    try withDataset { folder, manifest in
      _ = try bytesRead(folder)
      let shard = folder.appending(path: "shard-00001.lmdb")
      try damage(shard, at: manifest.shards[1].bytes / 2)
      let error = #expect(throws: ShardsError.self) { try bytesRead(folder) }
      #expect(error?.code == .damagedShard)
      #expect(error?.exitCode == .data)
      #expect(error?.description.contains("shard-00001.lmdb: its SHA-256 is not the manifest's") == true)
      try damage(shard, at: manifest.shards[1].bytes / 2)
      #expect(try bytesRead(folder) == manifest.shards[1].bytes)
    }
  }

  @Test("a shard that was changed is read again though its size and its time of change are as before")
  func changedInSecret() throws {
    try withDataset { folder, manifest in
      let shard = folder.appending(path: "shard-00001.lmdb")
      func setTime() throws {
        let time = Date(timeIntervalSince1970: 1_000_000_000)
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: shard.path)
      }
      try setTime()
      _ = try bytesRead(folder)
      let inode = try FileStatus(shard.path).identity
      let handle = try FileHandle(forUpdating: shard)
      try handle.seek(toOffset: UInt64(manifest.shards[1].bytes / 2))
      let byte = try #require(try handle.read(upToCount: 1)?.first)
      try handle.seek(toOffset: UInt64(manifest.shards[1].bytes / 2))
      try handle.write(contentsOf: [byte ^ 0xFF])
      try handle.close()
      try setTime()
      #expect(try FileStatus(shard.path).identity == inode)
      let error = #expect(throws: ShardsError.self) { try bytesRead(folder) }
      #expect(error?.description.contains("shard-00001.lmdb: its SHA-256 is not the manifest's") == true)
    }
  }

  @Test("what an older version remembers, without the time that no program can set, is read, and each shard once more")
  func olderMemory() throws {
    try withDataset { folder, _ in
      let whole = try bytesRead(folder)
      let memory = folder.deletingLastPathComponent().appending(path: "memory/verified-shards.json")
      var entries = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: memory)) as? [String: [String: Any]])
      for (path, entry) in entries {
        var identity = try #require(entry["identity"] as? [String: Any])
        #expect(identity.removeValue(forKey: "statusSeconds") != nil)
        #expect(identity.removeValue(forKey: "statusNanoseconds") != nil)
        #expect(Set(identity.keys) == ["inode", "bytes", "seconds", "nanoseconds"])
        entries[path]?["identity"] = identity
      }
      #expect(entries.count == 2)
      try JSONSerialization.data(withJSONObject: entries).write(to: memory)
      #expect(try bytesRead(folder) == whole)
      #expect(try bytesRead(folder) == 0)
    }
  }

  @Test("a memory that is damaged or cannot be written costs only another reading")
  func damagedMemory() throws {
    try withDataset { folder, _ in
      let whole = try bytesRead(folder)
      let memory = folder.deletingLastPathComponent().appending(path: "memory")
      try Data("{".utf8).write(to: memory.appending(path: "verified-shards.json"))
      #expect(try bytesRead(folder) == whole)
      try FileManager.default.removeItem(at: memory)
      try Data("a file in the folder's place".utf8).write(to: memory)
      #expect(try bytesRead(folder) == whole)
      #expect(try bytesRead(folder) == whole)
    }
  }

  @Test("a shard that is gone or cut short is refused by name")
  func missingShard() throws {
    try withDataset { folder, manifest in
      let shard = folder.appending(path: "shard-00000.lmdb")
      let bytes = try Data(contentsOf: shard)
      try bytes.dropLast(4096).write(to: shard)
      let short = #expect(throws: ShardsError.self) { try bytesRead(folder) }
      #expect(short?.description.contains("has \(bytes.count - 4096) bytes where the manifest says") == true)
      try FileManager.default.removeItem(at: shard)
      let gone = #expect(throws: ShardsError.self) { try bytesRead(folder) }
      #expect(gone?.description.contains("shard-00000.lmdb: cannot be read: No such file") == true)
    }
  }

  @Test("a thorough look finds nothing in a dataset as it was written")
  func clean() throws {
    try withDataset { folder, _ in
      let inspections = try ShardInspection.inspect(folder)
      #expect(inspections.map(\.problem) == [nil, nil])
      #expect(inspections.map(\.images) == [125, 125])
    }
  }

  @Test("one inverted byte anywhere is found, in the shard that has it", arguments: [0, 17, 4096, 20_000, 30_000])
  func invertedByte(offset: Int) throws {
    try withDataset { folder, _ in
      try damage(folder.appending(path: "shard-00001.lmdb"), at: offset)
      let inspections = try ShardInspection.inspect(folder)
      #expect(inspections[0].problem == nil)
      #expect(inspections[1].problem?.code == .damagedShard)
    }
  }

  @Test("a whole shard of other content is found by its keys, its counts or its content's SHA-256")
  func otherContent() throws {
    try withDataset { folder, manifest in
      let file = folder.appending(path: "manifest.json")
      let original = try Data(contentsOf: file)
      func problem(_ old: String, _ new: String) throws -> String {
        defer { try? original.write(to: file) }
        try edit(file, old, new)
        return try ShardInspection.inspect(folder)[0].problem?.description ?? "none"
      }
      #expect(try problem(#""count" : 25"#, #""count" : 24"#).contains("class 1, image 0 has another key"))
      #expect(try problem(#""count" : 25"#, #""count" : 26"#).contains("class 0, image 25 has another key"))
      #expect(try problem("14,\n    14,", "7,\n    14,").contains("class 0, image 0 has 196 bytes"))
      let content = manifest.shards[0].contentSha256
      #expect(try problem(content, String(content.reversed())).contains("SHA-256 of its content"))
    }
  }

  @Test("a file that is no LMDB file but has the manifest's digest is refused, not read")
  func notLMDB() throws {
    try withDataset { folder, manifest in
      let noise = Data((0..<manifest.shards[0].bytes).map { UInt8(truncatingIfNeeded: $0 &* 7) })
      try noise.write(to: folder.appending(path: "shard-00000.lmdb"))
      try edit(folder.appending(path: "manifest.json"), manifest.shards[0].fileSha256, Digest.sha256(noise))
      let problem = try ShardInspection.inspect(folder)[0].problem
      #expect(problem?.description.contains("not a shard that can be read") == true)
    }
  }

  @Test(
    "a shard that somebody changed and gave the right digest is refused or read; it never ends the process",
    arguments: 0..<20)
  func hostilePages(seed: Int) throws {
    try withDataset { folder, manifest in
      let file = folder.appending(path: "shard-00000.lmdb")
      let whole = try Data(contentsOf: file)
      let name = folder.appending(path: "manifest.json")
      let manifestBytes = try Data(contentsOf: name)
      var random = RandomStream(seed: UInt64(seed), purpose: .classSplit)
      var refused = 0
      for _ in 0..<25 {
        var bytes = whole
        for _ in 0...random.below(3) {
          // Mostly in what leads LMDB: the pages' headers and offsets, and the headers of nodes.
          let page = random.below(whole.count / 4096) * 4096
          let offset = random.below(4) == 0 ? random.below(4096) : random.below(page < 8192 ? 152 : 64)
          bytes[page + offset] = [0, 1, 0xFF, 0x7F, UInt8(random.below(256))][random.below(5)]
        }
        try bytes.write(to: file)
        try manifestBytes.write(to: name)
        try edit(name, manifest.shards[0].fileSha256, Digest.sha256(bytes))
        if try ShardInspection.inspect(folder)[0].problem != nil { refused += 1 }
      }
      #expect(refused > 5)
    }
  }

  @Test("the manifest's digest is that of its file")
  func manifestDigest() throws {
    try withDataset { folder, _ in
      let data = try Data(contentsOf: folder.appending(path: "manifest.json"))
      #expect(try SampleDataset.open(folder).manifestDigest == Digest.sha256(data))
    }
  }
}
