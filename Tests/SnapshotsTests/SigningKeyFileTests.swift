import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct SigningKeyFileTests {
  private func mode(_ file: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
  }

  @Test("a key's file is its owner's alone, and both halves read back as they were")
  func readBack() throws {
    try withTemporaryFolder { folder in
      let key = SigningKey()
      let file = folder.appending(path: "key")
      let publicFile = try key.write(to: file)
      #expect(publicFile.lastPathComponent == "key.pub")
      #expect(try mode(file) == 0o600 && mode(publicFile) == 0o644)
      let record = try SigningKey(contentsOf: file).signed(
        SnapshotRecord(name: "theta-000000001.safetensors", step: 1, sha256: "ab", size: 1, created: "now"))
      try VerificationKey(contentsOf: publicFile).verify(record)
      #expect(throws: SnapshotError.self) { try SigningKey().publicKey.verify(record) }
    }
  }

  @Test("the wrong half of a key is called what it is, and the other one named")
  func otherHalf() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "key")
      let publicFile = try SigningKey().write(to: file)
      let signing = #expect(throws: SnapshotError.self) { try SigningKey(contentsOf: publicFile) }
      #expect(
        signing?.description
          == "\(publicFile.path): is not a signing key but the public one: give the file beside it, without .pub")
      let verifying = #expect(throws: SnapshotError.self) { try VerificationKey(contentsOf: file) }
      #expect(verifying?.description.contains("is not a public key but the signing one: give its public half") == true)
      try Data("lopt-public-key".utf8).write(to: file)
      #expect(throws: SnapshotError.self) { try SigningKey(contentsOf: file) }
    }
  }

  @Test("no key's file is written over, and none is left half made", arguments: ["key", "key.pub"])
  func exists(name: String) throws {
    try withTemporaryFolder { folder in
      try Data("mine".utf8).write(to: folder.appending(path: name))
      let error = #expect(throws: FileError.self) { try SigningKey().write(to: folder.appending(path: "key")) }
      #expect(error?.exitCode == .cannotCreate && error?.path.hasSuffix("/\(name)") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
      #expect(try Data(contentsOf: folder.appending(path: name)) == Data("mine".utf8))
    }
  }
}
