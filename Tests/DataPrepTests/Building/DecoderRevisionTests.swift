import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

@Suite struct DecoderRevisionTests {
  @Test("the manifest names the decoder's revision where files were decoded, and only there")
  func manifest() throws {
    try withTemporaryFolder { folder in
      for (source, revision) in [(SmallSource.folder, ImageDecoder.revision), (.cifar10, nil)] {
        let (files, output) = (folder.appending(path: source.rawValue), folder.appending(path: "\(source) set"))
        try source.make(in: files)
        let result = try SmallBuild.run(source, files, to: output)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try Manifest(in: output).decoderRevision == revision)
      }
    }
  }

  @Test("a stopped build of an older revision is refused by name, and nothing of it is lost")
  func older() throws {
    try withTemporaryFolder { folder in
      let (files, output) = (folder.appending(path: "source"), folder.appending(path: "set"))
      try SmallSource.folder.make(in: files)
      try FileManager.default.createDirectory(at: files.appending(path: "class 9"), withIntermediateDirectories: false)
      try Data("no picture".utf8).write(to: files.appending(path: "class 9/broken.jpg"))
      let options = ["--size", "512", "--shard-mib", "1"]
      #expect(try SmallBuild.run(.folder, files, to: output, options).exitCode != 0)
      let journal = folder.appending(path: "set.partial/build.json")
      let text = try String(contentsOf: journal, encoding: .utf8)
      let older = text.replacing(/"decoderRevision" : \d+,\s*/, with: "")
      #expect(older != text)
      try Data(older.utf8).write(to: journal)
      let result = try SmallBuild.run(.folder, files, to: output, options)
      #expect(result.exitCode == 73)
      let message =
        "was begun by revision 1 of the decoder, and this is \(ImageDecoder.revision): give what it was begun"
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(try String(contentsOf: journal, encoding: .utf8) == older)
    }
  }
}
