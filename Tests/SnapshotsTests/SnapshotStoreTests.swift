import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct SnapshotStoreTests {
  @Test("a snapshot holds θ and every key of its metadata, lists as JSON")
  func metadata() throws {
    let snapshot = Snapshot.sample(12)
    let data = try snapshot.encoded()
    #expect(try Snapshot(data, name: "a") == snapshot)
    let file = try Safetensors(data, name: "a")
    #expect(Set(file.tensors.keys) == ["theta"])
    #expect(file.metadata["betas"] == "[0.5,0.9999]")
    #expect(file.metadata["features"] == #"["momentum","rms","time"]"#)
    #expect(file.metadata.count == 18)
    var named = snapshot
    named.metadata.instructionSet = "x86-64-v4"
    #expect(try Snapshot(named.encoded(), name: "a") == named)
  }

  @Test("options of the update are keys of format version 2, and a snapshot without any is of version 1")
  func options() throws {
    #expect(Snapshot.sample(1).metadata.dictionary["format_version"] == "1")
    let options: [(key: String, value: String, set: (inout SnapshotMetadata) -> Void)] = [
      ("time_frozen_at", "500", { $0.timeFrozenAt = 500 }), ("scale_by_rms", "true", { $0.scaleByRms = true }),
      ("raw_momentum", "true", { $0.rawMomentum = true }),
    ]
    for option in options {
      var snapshot = Snapshot.sample(1)
      option.set(&snapshot.metadata)
      let written = snapshot.metadata.dictionary
      let before = Snapshot.sample(1).metadata.dictionary
      #expect(written == before.merging([option.key: option.value, "format_version": "2"]) { $1 })
      #expect(try SnapshotMetadata(written, name: "a") == snapshot.metadata)
      #expect(try Snapshot(snapshot.encoded(), name: "a") == snapshot)

      // A reader of version 1 would have passed over it.
      var older = written
      older["format_version"] = "1"
      let error = #expect(throws: SnapshotError.self) { try SnapshotMetadata(older, name: "a.safetensors") }
      #expect(
        error?.description == "a.safetensors: its metadata has \(option.key), which format version 1 does not")
    }
  }

  @Test("a key that is not known is refused by name in format version 2, and passed over in version 1")
  func unknownKey() throws {
    var metadata = Snapshot.sample(1).metadata
    metadata.instructionSet = "x86-64-v4"
    metadata.averageDecay = 0.99
    var written = metadata.dictionary
    written["sign_only"] = "true"
    #expect(try SnapshotMetadata(written, name: "a") == metadata)
    written["format_version"] = "2"
    let error = #expect(throws: SnapshotError.self) { try SnapshotMetadata(written, name: "a.safetensors") }
    #expect(error?.code == .newerFormat)
    #expect(
      error?.description == "a.safetensors: its metadata has the key sign_only, which this tool does not know")
    written["sign_only"] = nil
    written["scale_by_rms"] = "false"
    #expect(try SnapshotMetadata(written, name: "a") == metadata)
    for (key, value) in [("scale_by_rms", "1"), ("raw_momentum", "yes"), ("time_frozen_at", "1.5")] {
      let wrong = written.merging([key: value]) { $1 }
      let error = #expect(throws: SnapshotError.self) { try SnapshotMetadata(wrong, name: "a.safetensors") }
      #expect(error?.description == "a.safetensors: its metadata's \(key) is \"\(value)\"")
    }
  }

  @Test("the average of θ is a snapshot of its own name beside θ's; its metadata says what it is; latest is θ")
  func average() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      var average = Snapshot.sample(12)
      average.metadata.averageDecay = 0.99
      average.theta = [0, 0, 0]
      try store.write(average)
      #expect(try store.highestStep(of: .average) == 12 && store.highestStep() == nil && store.latest() == nil)
      try store.write(Snapshot.sample(12))
      #expect(try store.latest()?.name == "theta-000000012.safetensors")
      let (record, data) = try store.read(named: "average-000000012.safetensors")
      #expect(record.name == store.name(.average, step: 12) && record.step == 12)
      #expect(try Snapshot(data, name: "a") == average)
      #expect(try Safetensors(data, name: "a").metadata["average_decay"] == "0.99")
      #expect(throws: SnapshotError.self) { try store.write(average) }
    }
  }

  @Test("the newest snapshot is the latest; its record names its digest and size")
  func latest() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      #expect(try store.latest() == nil)
      for step in [0, 7, 123] { try store.write(Snapshot.sample(step)) }
      let record = try #require(try store.latest())
      #expect(record.name == "theta-000000123.safetensors" && record.step == 123)
      let (_, data) = try store.read(named: record.name)
      #expect(record.size == data.count && record.sha256 == Digest.sha256(data))
      #expect(throws: SnapshotError.self) { try store.write(Snapshot.sample(7)) }
    }
  }

  @Test(
    "a damaged snapshot is never given out: the one before it is, and the damaged one is named",
    arguments: ["cut", "flipped", "gone", "record"])
  func damaged(kind: String) throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in [0, 7, 8] { try store.write(Snapshot.sample(step)) }
      let file = state.appending(path: "snapshots/theta-000000008.safetensors")
      var data = try Data(contentsOf: file)
      switch kind {
      case "cut": try data.dropLast().write(to: file)
      case "record":
        try Data("{}".utf8).write(to: state.appending(path: "snapshots/theta-000000008.json"))
      case "gone": try FileManager.default.removeItem(at: file)
      default:
        data[data.count - 1] ^= 1
        try data.write(to: file)
      }
      var refused: [String] = []
      #expect(try store.latest { refused.append("\($0)") }?.step == 7)
      #expect(refused.count == 1 && refused[0].contains("theta-000000008.safetensors"))
      #expect(throws: (any Error).self) { try store.read(named: "theta-000000008.safetensors") }
      #expect(try store.highestStep() == 8)
    }
  }

  @Test("what a stopped process left is removed at the start: a file without its record, a partial file")
  func leftovers() throws {
    try withTemporaryFolder { state in
      try SnapshotStore(creatingIn: state).write(Snapshot.sample(0))
      let folder = state.appending(path: "snapshots")
      for name in ["theta-000000001.safetensors", "theta-000000002.safetensors.0A1B2C3D.partial"] {
        try Data("half".utf8).write(to: folder.appending(path: name))
      }
      _ = try SnapshotStore(creatingIn: state)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
          == ["latest.json", "theta-000000000.json", "theta-000000000.safetensors"])
    }
  }

  @Test(
    "a file whose number has more digits than are ever written is left alone; after the last number none is written")
  func numbers() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      try store.write(Snapshot.sample(3))
      let folder = state.appending(path: "snapshots")
      func copy(as number: String) throws {
        for ending in ["safetensors", "json"] {
          let text = try Data(contentsOf: folder.appending(path: "theta-000000003.\(ending)"))
          try text.write(to: folder.appending(path: "theta-\(number).\(ending)"))
        }
      }
      for number in ["9223372036854775807", "9999999999999999999", "1000000000000000000", "-00000001"] {
        try copy(as: number)
      }
      #expect(try store.highestStep() == 3 && store.latest()?.step == 3)
      #expect(try store.list().count == 1)
      let last = 999_999_999_999_999_999
      try copy(as: String(last))
      #expect(try store.highestStep() == last && store.latest()?.step == 3)
      let error = #expect(throws: SnapshotError.self) { try store.write(Snapshot.sample(last + 1)) }
      #expect(error?.code == .exists)
      #expect(error?.description.contains("theta-\(last).safetensors: move that file away") == true)
    }
  }

  @Test("a snapshot of a newer format is refused by name")
  func newerFormat() throws {
    var file = try Safetensors(try Snapshot.sample(1).encoded(), name: "a")
    file.metadata["format_version"] = "\(SnapshotMetadata.formatVersion + 1)"
    let data = try file.encoded()
    let error = #expect(throws: SnapshotError.self) { try Snapshot(data, name: "future.safetensors") }
    #expect(error?.code == .newerFormat && error?.description.contains("future.safetensors") == true)
  }

  @Test("a format version below the first one is none", arguments: [0, -1])
  func noFormat(version: Int) throws {
    var file = try Safetensors(try Snapshot.sample(1).encoded(), name: "a")
    file.metadata["format_version"] = "\(version)"
    let data = try file.encoded()
    let error = #expect(throws: SnapshotError.self) { try Snapshot(data, name: "a.safetensors") }
    #expect(error?.code == .damaged)
    #expect(
      error?.description
        == "a.safetensors: not a snapshot of θ: its format version is \(version), and the first one is 1"
    )
  }

  @Test(
    "no other text is taken for the name of a snapshot",
    arguments: [
      "../secret", "theta-1.safetensors", "average-1.safetensors", "mean-000000001.safetensors",
      "theta-00000000a.safetensors", "theta-000000001.json", "/etc/passwd", "",
    ])
  func names(name: String) throws {
    #expect(!SnapshotRecord.isSnapshotName(name))
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      #expect(throws: SnapshotError.self) { try store.read(named: name) }
    }
  }

  @Test("the lock of a state is held once; the error names who holds it")
  func lock() throws {
    try withTemporaryFolder { state in
      let lock = try StateLock(state: state)
      let error = #expect(throws: SnapshotError.self) { try StateLock(state: state) }
      #expect(error?.exitCode == .temporary)
      #expect(error?.description.contains(String(getpid())) == true)
      withExtendedLifetime(lock) {}
    }
  }

  @Test("removing the file of the lock lets no second process in, and a folder that was replaced is noticed")
  func lockWithoutItsFile() throws {
    try withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let lock = try StateLock(state: state)
      try lock.check()
      try FileManager.default.removeItem(at: state.appending(path: "lock"))
      let error = #expect(throws: SnapshotError.self) { try StateLock(state: state) }
      #expect(
        error?.description == "\(state.path): another process trains with this state; stop it first, or use another")
      #expect(!FileManager.default.fileExists(atPath: state.appending(path: "lock").path))
      try lock.check()
      try FileManager.default.moveItem(at: state, to: folder.appending(path: "elsewhere"))
      let gone = #expect(throws: SnapshotError.self) { try lock.check() }
      #expect(gone?.code == .locked && gone?.description.contains("is no longer the folder") == true)
      let second = try StateLock(state: state)
      #expect(throws: SnapshotError.self) { try lock.check() }
      withExtendedLifetime((lock, second)) {}
    }
  }

  @Test("a process of an older version, which locks the file alone, is kept out and keeps out")
  func olderLock() throws {
    try withTemporaryFolder { state in
      let file = state.appending(path: "lock").path
      let older = try SystemCall.open(file, O_RDWR | O_CREAT)
      #expect(try SystemCall.lock(older, path: file))
      let error = #expect(throws: SnapshotError.self) { try StateLock(state: state) }
      #expect(error?.exitCode == .temporary)
      SystemCall.close(older)
      let lock = try StateLock(state: state)
      let other = try SystemCall.open(file, O_RDWR)
      #expect(try !SystemCall.lock(other, path: file))
      SystemCall.close(other)
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a state folder that is a file, or lies under one, is exit 73 with the path")
  func stateIsAFile() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      for state in [file, file.appending(path: "state")] {
        let error = #expect(throws: FileError.self) { try StateLock(state: state) }
        #expect(error?.exitCode == .cannotCreate && error?.path == file.path)
      }
    }
  }

  @Test(
    "no space left is an error, and nothing is there under the final name",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func noSpace() throws {
    try SmallDisk.with(kibibytes: 1024) { folder in
      let store = try SnapshotStore(creatingIn: folder)
      var snapshot = Snapshot.sample(0)
      snapshot.theta = Array(repeating: 1, count: 4 << 20)
      let error = #expect(throws: FileError.self) { try store.write(snapshot) }
      #expect(error?.number == ENOSPC)
      #expect(try store.highestStep() == nil)
    }
  }
}
