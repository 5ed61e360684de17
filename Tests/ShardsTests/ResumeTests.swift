import Files
import Foundation
import TestSupport
import Testing

@testable import Shards

@Suite struct ResumeTests {
  private struct Interruption: Error {}

  /// Every file of a folder and its bytes.
  private func files(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  /// Appends the classes that are not finished, up to `end`, then goes on to `then`.
  private func append(to writer: DatasetWriter, end: Int = 10, then: () throws -> Void = {}) throws {
    for digit in writer.finishedClasses.count..<end { try SampleDataset.append(UInt8(digit), to: writer) }
    try then()
  }

  /// A build of shards of three classes that stopped after `end` of ten classes.
  private func stop(_ output: URL, after end: Int, identity: BuildIdentity = SampleDataset.identity()) {
    #expect(throws: Interruption.self) {
      try SampleDataset.write(to: output, identity: identity, classesInShard: 3) { writer in
        try append(to: writer, end: end) { throw Interruption() }
      }
    }
  }

  @Test("a stopped build goes on after its last finished shard, to the same files", arguments: [3, 4, 8, 9, 10])
  func sameFiles(end: Int) throws {
    try withTemporaryFolder { folder in
      let (whole, stopped) = (folder.appending(path: "whole"), folder.appending(path: "stopped"))
      try SampleDataset(classesInShard: 3).write(to: whole)
      stop(stopped, after: end)
      var begun: [String] = []
      try SampleDataset.write(to: stopped, classesInShard: 3) { writer in
        begun = writer.finishedClasses.map(\.id)
        try append(to: writer)
      }
      #expect(begun == (0..<end / 3 * 3).map { String($0) })
      #expect(try files(stopped) == files(whole))
    }
  }

  @Test("an image that was skipped before the stop is counted once")
  func skipped() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      for isLast in [false, true] {
        let build = {
          try SampleDataset.write(to: output, classesInShard: 3) { writer in
            for digit in writer.finishedClasses.count..<10 {
              writer.skip(name: "\(digit)", reason: "test")
              try SampleDataset.append(UInt8(digit), to: writer)
              if !isLast, digit == 6 { throw Interruption() }
            }
          }
        }
        if isLast { _ = try build() } else { #expect(throws: Interruption.self) { try build() } }
      }
      #expect(try Manifest(in: output).skipped.map(\.name) == (0..<10).map { "\($0)" })
    }
  }

  @Test(
    "a build of something else is not gone on with, and the message names the difference",
    arguments: [
      (SampleDataset.identity(["--size": "64"], inputs: ["a.tar": "7 bytes"]), "--size 32, and now it is 64"),
      (SampleDataset.identity(inputs: ["a.tar": "7 bytes"]), "--size 32, and now it is left out"),
      (
        SampleDataset.identity(["--size": "32"], inputs: ["a.tar": "8 bytes"]),
        "when the input a.tar was 7 bytes, and now it is 8 bytes"
      ),
      (
        BuildIdentity(toolVersion: "9.9", arguments: ["--size": "32"], inputs: ["a.tar": "7 bytes"]),
        "and this is 9.9"
      ),
    ])
  func otherBuild(identity: BuildIdentity, message: String) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      stop(output, after: 5, identity: SampleDataset.identity(["--size": "32"], inputs: ["a.tar": "7 bytes"]))
      let before = try files(folder.appending(path: "set.partial"))
      let error = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: output, identity: identity) { try append(to: $0) }
      }
      #expect(error?.code == .otherBuild)
      #expect(error?.exitCode == .cannotCreate)
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
      #expect(error?.description.contains("--restart") == true)
      #expect(try files(folder.appending(path: "set.partial")) == before)
    }
  }

  @Test("a stopped build goes on with other splits where that is asked for, and they then belong to the build")
  func otherSplits() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      func identity(_ count: String) -> BuildIdentity {
        BuildIdentity(toolVersion: "1", arguments: [:], splits: ["--held-out": count], inputs: [:])
      }
      stop(output, after: 5, identity: identity("10"))
      let unasked = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: output, identity: identity("12")) { try append(to: $0) }
      }
      #expect(unasked?.code == .otherBuild)
      #expect(unasked?.description.contains("begun with --held-out 10, and now it is 12") == true)
      #expect(throws: Interruption.self) {
        try SampleDataset.write(to: output, identity: identity("12"), changingSplits: true) { writer in
          #expect(writer.finishedClasses.count == 3)
          throw Interruption()
        }
      }
      _ = try SampleDataset.write(to: output, identity: identity("12")) { try append(to: $0) }
    }
  }

  @Test("a restart discards a stopped build, whatever it was")
  func restart() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      stop(output, after: 5, identity: SampleDataset.identity(["--size": "64"]))
      try SampleDataset.write(to: output, restart: true) { writer in
        #expect(writer.finishedClasses.isEmpty)
        try append(to: writer)
      }
      #expect(try files(output).keys.sorted() == ["manifest.json", "shard-00000.lmdb"])
    }
  }

  @Test("a journal that cannot be read is not lost unasked, with the shards that it says are finished")
  func damagedJournal() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let partial = folder.appending(path: "set.partial")
      stop(output, after: 5)
      try Data("{".utf8).write(to: partial.appending(path: BuildJournal.fileName))
      let before = try files(partial)
      let error = #expect(throws: ShardsError.self) { try SampleDataset.write(to: output) { try append(to: $0) } }
      #expect(error?.code == .otherBuild)
      #expect(error?.description.contains("build.json: is damaged, or of another version") == true)
      #expect(try files(partial) == before)
      try SampleDataset.write(to: output, restart: true) { try append(to: $0) }
    }
  }

  @Test(
    "somebody's own file beside finished shards is not removed unasked",
    arguments: [
      "notes.txt", "shard-notes.txt", "shard-00000.lmdb.copy", "build.json.bak", "inner.partial", "images.old.partial",
      "notes.20260101.partial",
    ])
  func foreignFile(name: String) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let notes = folder.appending(path: "set.partial").appending(path: name)
      stop(output, after: 5)
      try Data("dear".utf8).write(to: notes)
      let error = #expect(throws: ShardsError.self) { try SampleDataset.write(to: output) { try append(to: $0) } }
      #expect(error?.description.contains("holds \(name), which no stopped build leaves") == true)
      #expect(try Data(contentsOf: notes) == Data("dear".utf8))
      try FileManager.default.removeItem(at: notes)
      _ = try SampleDataset.write(to: output, classesInShard: 3) { writer in
        #expect(writer.finishedClasses.count == 3)
        try append(to: writer)
      }
    }
  }

  @Test("finished shards whose journal is gone are not lost unasked, nor are archives of such names")
  func lostJournal() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let partial = folder.appending(path: "set.partial")
      stop(output, after: 5)
      try FileManager.default.removeItem(at: partial.appending(path: BuildJournal.fileName))
      let before = try files(partial)
      let error = #expect(throws: ShardsError.self) { try SampleDataset.write(to: output) { try append(to: $0) } }
      #expect(error?.description.contains("holds shard-00000.lmdb, which no stopped build leaves") == true)
      #expect(try files(partial) == before)
    }
  }

  @Test("a link under the output's name is refused at once, wherever it leads")
  func linkedOutput() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try FileManager.default.createSymbolicLink(atPath: output.path, withDestinationPath: "/nowhere")
      let error = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: output) { _ in Issue.record("nothing is to be made") }
      }
      #expect(error?.code == .outputExists)
    }
  }

  @Test("somebody's own folder of the name is not emptied unasked")
  func foreignFolder() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let partial = folder.appending(path: "set.partial")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
      try Data("dear".utf8).write(to: partial.appending(path: "diary.txt"))
      let error = #expect(throws: ShardsError.self) { try SampleDataset.write(to: output) { try append(to: $0) } }
      #expect(error?.code == .otherBuild)
      #expect(error?.description.contains("holds diary.txt, which no stopped build leaves") == true)
      #expect(try files(partial) == ["diary.txt": Data("dear".utf8)])
    }
  }

  @Test("a finished dataset that somebody made under the name is not emptied unasked")
  func datasetOfTheName() throws {
    try withTemporaryFolder { folder in
      let partial = folder.appending(path: "set.partial")
      _ = try SampleDataset.write(to: partial) { try append(to: $0) }
      let before = try files(partial)
      let error = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: folder.appending(path: "set")) { try append(to: $0) }
      }
      #expect(error?.code == .otherBuild && error?.description.contains("holds manifest.json, which") == true)
      #expect(try files(partial) == before)
    }
  }

  @Test("a finished shard that was cut, changed by a bit or removed since is not gone on with", arguments: 0...2)
  func damagedShard(damage: Int) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      stop(output, after: 5)
      let shard = folder.appending(path: "set.partial/shard-00000.lmdb")
      var bytes = try Data(contentsOf: shard)
      switch damage {
      case 0: try bytes.dropLast(1).write(to: shard)
      case 1:
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: shard)
      default: try FileManager.default.removeItem(at: shard)
      }
      let error = #expect(throws: ShardsError.self) { try SampleDataset.write(to: output) { try append(to: $0) } }
      #expect(error?.code == .damagedShard)
      #expect(error?.description.contains("start over with --restart") == true)
    }
  }

  @Test("a build that was stopped after it got its name has only its journal to lose")
  func named() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let manifest = try SampleDataset().write(to: output)
      try BuildJournal(SampleDataset.identity()).write(in: output)
      let again = try SampleDataset.write(to: output) { _ in Issue.record("nothing is to be made") }
      #expect(again == manifest)
      try BuildJournal(SampleDataset.identity()).write(in: output)
      let restarted = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: output, restart: true) { _ in Issue.record("nothing is to be made") }
      }
      #expect(restarted?.code == .outputExists)
      _ = try SampleDataset.write(to: output) { _ in Issue.record("nothing is to be made") }
      #expect(try files(output).keys.sorted() == ["manifest.json", "shard-00000.lmdb"])
    }
  }
}
