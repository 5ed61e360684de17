import Files
import Foundation
import TestSupport
import Testing

@testable import Snapshots

/// Snapshots that are open for reading, and what is remembered of files that were checked.
@Suite struct OpenSnapshotTests {
  private func withStore(_ body: (SnapshotStore, URL) async throws -> Void) async throws {
    try await withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      try store.write(.sample(7))
      try await body(store, state.appending(path: "snapshots/theta-000000007.safetensors"))
    }
  }

  @Test("its bytes can be read in pieces, and by many from one open file") func pieces() async throws {
    try await withStore { store, file in
      let data = try Data(contentsOf: file)
      let open = try store.open(named: file.lastPathComponent)
      #expect(try open.bytes(0..<data.count) == Array(data))
      #expect(try open.bytes(3..<10) == Array(data[3..<10]))
      #expect(try store.open(named: file.lastPathComponent) === open)
    }
  }

  @Test("a file that nobody changed is hashed once; any change has it hashed again") func remembered() async throws {
    try await withStore { store, file in
      let record = try #require(try store.latest())
      let verified = VerifiedFiles()
      /// Opens the file and returns whether it is remembered then.
      func look() throws -> Bool {
        let open = try OpenSnapshot(record, at: file, verified: verified)
        return verified.contains(open.identity, record.sha256)
      }
      #expect(try !look(), "a file that has just been written may change again unseen")
      try await Task.sleep(for: .seconds(3.1))
      #expect(try look())
      var data = try Data(contentsOf: file)
      data[data.count / 2] ^= 1
      try data.write(to: file)
      #expect(throws: SnapshotError.self) { try look() }
      #expect(throws: SnapshotError.self) { try store.open(named: record.name) }
    }
  }

  @Test("a file that became shorter is not read beyond its end") func shorter() async throws {
    try await withStore { store, file in
      let open = try store.open(named: file.lastPathComponent)
      #expect(truncate(file.path, 10) == 0)
      #expect(throws: SnapshotError.self) { try open.bytes(5..<20) }
    }
  }
}
