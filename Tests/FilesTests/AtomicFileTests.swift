import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test("a written file is there whole, and nothing else is left in the folder")
  func writes() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a.txt")
      try AtomicFile.write(Data("one".utf8), to: file)
      try AtomicFile.write(Data("two".utf8), to: file)
      #expect(try Data(contentsOf: file) == Data("two".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.txt"])
    }
  }

  @Test("a folder that is not there is an error that names the file")
  func missingFolder() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "no/a.txt")
      let error = #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: file) }
      #expect(error?.description.contains("no/a.txt") == true)
      #expect(error?.description.contains("No such file") == true)
    }
  }

  @Test("requireWritable refuses what cannot be made, and leaves a file that is there as it is")
  func requireWritable() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a.txt")
      try AtomicFile.requireWritable(file)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      try AtomicFile.write(Data("one".utf8), to: file)
      try AtomicFile.requireWritable(file)
      #expect(try Data(contentsOf: file) == Data("one".utf8))
      for wrong in [folder, folder.appending(path: "no/a.txt"), file.appending(path: "a.txt")] {
        let error = try #require(throws: FileError.self) { try AtomicFile.requireWritable(wrong) }
        #expect(error.exitCode == .cannotCreate && error.path == wrong.path)
      }
    }
  }

  @Test("SHA-256 of text and file agree with the published value")
  func digest() throws {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Digest.sha256(Data("abc".utf8)) == known)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "abc")
      try AtomicFile.write(Data("abc".utf8), to: file)
      #expect(try Digest.sha256(fileAt: file) == known)
    }
  }
}
