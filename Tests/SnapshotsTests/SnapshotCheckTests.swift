import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct SnapshotCheckTests {
  /// Runs `body` with a state folder that has snapshots of the steps 3 and 12, and the files of both.
  private func withState(_ body: (URL, [URL]) throws -> Void) throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in [3, 12] { try store.write(Snapshot.sample(step)) }
      try body(state, SnapshotCheck.files(at: state))
    }
  }

  /// The code of the error that a check ends with; nil where it passes.
  private func failure(_ file: URL, _ check: SnapshotCheck = SnapshotCheck()) -> SnapshotErrorCode? {
    do {
      _ = try check.check(file)
      return nil
    } catch { return (error as? SnapshotError)?.code }
  }

  @Test("a state folder's files are all that are named so, and sound ones pass")
  func sound() throws {
    try withState { state, files in
      #expect(files.map(\.lastPathComponent) == ["theta-000000003.safetensors", "theta-000000012.safetensors"])
      try Data().write(to: state.appending(path: "snapshots/theta-000000013.safetensors"))
      let all = try SnapshotCheck.files(at: state)
      #expect(all.dropLast() == files && all.last?.lastPathComponent == "theta-000000013.safetensors")
      #expect(failure(all[2]) == .damaged)
      #expect(try SnapshotCheck.files(at: state.appending(path: "snapshots")).count == 3)
      let result = try SnapshotCheck().check(files[1])
      #expect(result.snapshot == Snapshot.sample(12) && result.record?.step == 12)
      #expect(failure(files[1], SnapshotCheck(sha256: result.sha256.uppercased())) == nil)
      #expect(failure(files[0], SnapshotCheck(sha256: result.sha256)) == .damaged)
    }
  }

  @Test("a changed byte, a cut file and another file's bytes are found")
  func damaged() throws {
    try withState { _, files in
      let data = try Data(contentsOf: files[1])
      var changed = data
      changed[data.count - 1] ^= 1
      for bytes in [changed, data.dropLast(), try Data(contentsOf: files[0])] {
        try bytes.write(to: files[1])
        #expect(failure(files[1]) == .damaged)
      }
    }
  }

  @Test(
    "a θ that is not finite is no snapshot: it is neither written, nor read, nor sound",
    arguments: [Float.nan, .infinity])
  func notFinite(weight: Float) throws {
    try withState { state, _ in
      var snapshot = Snapshot.sample(20)
      snapshot.theta[1] = weight
      let written = #expect(throws: SnapshotError.self) { try SnapshotStore(creatingIn: state).write(snapshot) }
      #expect(
        written?.description.hasPrefix("theta-000000020.safetensors: damaged: 1 of its 3 weights are not") == true)
      // As an older version would have written it, with a record.
      let files = try RecordedFiles(creating: state.appending(path: "snapshots"), prefix: "theta")
      try files.write(snapshot.encoded(), step: 20, created: Date())
      let file = files.folder.appending(path: files.name(20))
      #expect(failure(file) == .damaged)
      let read = #expect(throws: SnapshotError.self) { try Snapshot(contentsOf: file) }
      #expect(read?.description.hasPrefix("\(file.path): damaged: 1 of its 3 weights are not finite numbers") == true)
    }
  }

  @Test("without a record the format, the kind and the step are checked")
  func noRecord() throws {
    try withState { state, files in
      let data = try Data(contentsOf: files[1])
      for (name, expected) in [
        ("theta-000000012.safetensors", nil), ("mine.safetensors", nil), ("theta-000000013.safetensors", .damaged),
        ("average-000000012.safetensors", .damaged),
      ] as [(String, SnapshotErrorCode?)] {
        let file = state.appending(path: name)
        try data.write(to: file)
        #expect(failure(file) == expected, "\(name)")
      }
      try Data("text".utf8).write(to: state.appending(path: "mine.safetensors"))
      #expect(failure(state.appending(path: "mine.safetensors")) == .damaged)
    }
  }

  @Test("a model card beside a file is no record, and says which bytes it describes")
  func modelCard() throws {
    try withState { state, files in
      let data = try Data(contentsOf: files[1])
      for name in ["mine", "theta-000000012"] {
        let file = state.appending(path: "\(name).safetensors")
        try data.write(to: file)
        for (digest, expected) in [
          (Digest.sha256(data), nil), (Digest.sha256(Data()), .damaged),
        ] as [(String, SnapshotErrorCode?)] {
          try Data(#"{"name": "\#(name)", "sha256": "\#(digest)", "settings": {"seed": 1}}"#.utf8)
            .write(to: state.appending(path: "\(name).json"))
          #expect(failure(file) == expected, "\(name)")
        }
      }
    }
  }

  @Test("with a key the record beside it must be signed by it")
  func signature() throws {
    try withState { state, files in
      let key = SigningKey()
      let check = SnapshotCheck(key: key.publicKey)
      #expect(failure(files[1], check) == .untrusted)
      let url = files[1].deletingPathExtension().appendingPathExtension("json")
      let record = try JSONDecoder().decode(SnapshotRecord.self, from: Data(contentsOf: url))
      try AtomicFile.writeJSON(key.signed(record), to: url)
      #expect(failure(files[1], check) == nil)
      #expect(failure(files[1], SnapshotCheck(key: SigningKey().publicKey)) == .untrusted)
      try FileManager.default.removeItem(at: url)
      #expect(failure(files[1], check) == .untrusted)
    }
  }
}
