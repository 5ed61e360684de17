import Files
import Foundation
import Snapshots
import TestSupport
import Testing

/// Signatures of snapshots' records.
@Suite struct SigningKeyTests {
  private let record = SnapshotRecord(
    name: "theta-000000012.safetensors", step: 12, sha256: String(repeating: "a", count: 64), size: 4912,
    created: "2026-01-05T11:02:40Z")

  @Test("a signed record is accepted by the public key, and by no other") func accepted() throws {
    let key = SigningKey()
    let signed = try key.signed(record)
    try key.publicKey.verify(signed)
    #expect(throws: SnapshotError.self) { try SigningKey().publicKey.verify(signed) }
    let error = #expect(throws: SnapshotError.self) { try key.publicKey.verify(record) }
    #expect(error?.code == .untrusted && error?.description.contains("is not signed") == true)
  }

  @Test("name, step, digest, size and time are signed: whichever is changed, it is refused") func changed() throws {
    let key = SigningKey()
    let signed = try key.signed(record)
    let changes: [(inout SnapshotRecord) -> Void] = [
      { $0.name = "theta-000000013.safetensors" }, { $0.step = 13 }, { $0.size = 1 },
      { $0.sha256 = String(repeating: "b", count: 64) }, { $0.created = "2026-01-06T11:02:40Z" },
      { $0.signature = "AAAA" }, { $0.signature = "not Base64!" },
    ]
    for change in changes {
      var other = signed
      change(&other)
      #expect(throws: SnapshotError.self) { try key.publicKey.verify(other) }
    }
  }

  @Test("the private and the public key are read back from their files; what is no key is an error that names the file")
  func files() throws {
    try withTemporaryFolder { folder in
      let key = SigningKey()
      let (secret, known) = (folder.appending(path: "key"), folder.appending(path: "key.pub"))
      try Data(key.text.utf8).write(to: secret)
      try Data(key.publicKey.text.utf8).write(to: known)
      let again = try SigningKey(contentsOf: secret)
      try VerificationKey(contentsOf: known).verify(again.signed(record))
      #expect(try VerificationKey(contentsOf: known).fingerprint == key.publicKey.fingerprint)
      let swapped = #expect(throws: SnapshotError.self) { try VerificationKey(contentsOf: secret) }
      #expect(swapped?.description.contains("\(secret.path): is not a public key") == true)
      #expect(throws: SnapshotError.self) { try SigningKey(contentsOf: known) }
      try Data("lopt-signing-key c2hvcnQ=".utf8).write(to: secret)
      let error = #expect(throws: SnapshotError.self) { try SigningKey(contentsOf: secret) }
      #expect(error?.description.contains(secret.path) == true)
    }
  }

  @Test("a store with a key signs what it writes") func store() throws {
    try withTemporaryFolder { state in
      let key = SigningKey()
      try SnapshotStore(creatingIn: state, key: key).write(Snapshot.sample(3))
      let found = try #require(try SnapshotStore(readingFrom: state).latest())
      try key.publicKey.verify(found)
    }
  }
}
