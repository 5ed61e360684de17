import Foundation
import TestSupport
import Testing

@testable import Files

/// Who may read the files of tokens and keys.
@Suite struct SecretFileTests {
  @Test("the owner and the group may read a secret", arguments: [0o600, 0o400, 0o640, 0o440, 0o660, 0o601])
  func kept(mode: Int) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate("secret", to: file, mode: mode)
      try SecretFile.check(file.path)
    }
  }

  @Test("where everybody may read it, the error says how to mend that", arguments: [0o644, 0o604, 0o444, 0o666])
  func open(mode: Int) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "my token's file")
      try writePrivate("secret", to: file, mode: mode)
      let error = #expect(throws: ReadableSecret.self) { try SecretFile.check(file.path) }
      let description = try #require(error?.description)
      #expect(description.hasPrefix(file.path) && description.contains("mode 0\(String(mode, radix: 8))"))
      let command = try #require(description.firstMatch(of: /mend it by: (chmod .*)/)).output.1
      let result = try ToolProcess(executable: URL(filePath: "/bin/sh"), ["-c", String(command)]).wait()
      #expect(result.exitCode == 0, "\(result.errors)")
      try SecretFile.check(file.path)
    }
  }

  @Test("a link counts as what it leads to; a pipe and a device are nobody's file") func otherThanFiles() throws {
    try withTemporaryFolder { folder in
      let (file, link, pipe) = (
        folder.appending(path: "file"), folder.appending(path: "link"), folder.appending(path: "pipe")
      )
      try writePrivate("secret", to: file, mode: 0o644)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      #expect(throws: ReadableSecret.self) { try SecretFile.check(link.path) }
      #expect(mkfifo(pipe.path, 0o644) == 0)
      try SecretFile.check(pipe.path)
      try SecretFile.check("/dev/null")
      #expect(throws: FileError.self) { try SecretFile.check(folder.appending(path: "none").path) }
    }
  }
}
