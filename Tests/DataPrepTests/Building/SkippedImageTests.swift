import Foundation
import Shards
import TestSupport
import Testing

@Suite struct SkippedImageTests {
  /// Runs `body` with the class tree of 4 × 12 pictures, in which files may be broken.
  private func with(_ body: (_ files: URL, _ output: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.folder.make(in: files)
      try body(files, folder.appending(path: "set"))
    }
  }

  @Test("an image that cannot be decoded is left out, and the manifest says which and why")
  func skipped() throws {
    try with { files, output in
      try Data("no picture".utf8).write(to: files.appending(path: "class 1/001.JPEG"))
      try Data().write(to: files.appending(path: "class 2/004.JPEG"))
      let result = try SmallBuild.run(.folder, files, to: output, ["--max-skipped", "0.05"])
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.errors.contains("2 image(s) skipped; the manifest says which and why"))
      let manifest = try Manifest(in: output)
      #expect(manifest.classes.map(\.count) == [12, 11, 11, 12])
      #expect(manifest.skipped.map(\.name) == ["class 1/001.JPEG", "class 2/004.JPEG"])
      #expect(manifest.skipped.map(\.reason) == ["neither a JPEG nor a PNG file", "empty file"])
    }
  }

  @Test(
    "more skipped images than --max-skipped are an error with the first of them; the same build may then allow more")
  func tooMany() throws {
    try with { files, output in
      try Data("no picture".utf8).write(to: files.appending(path: "class 1/001.JPEG"))
      let result = try SmallBuild.run(.folder, files, to: output)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("1 of 48 images cannot be used (class 1/001.JPEG: neither a JPEG nor a PNG file)"))
      #expect(!FileManager.default.fileExists(atPath: output.path))
      #expect(try SmallBuild.run(.folder, files, to: output, ["--max-skipped", "0.03"]).exitCode == 0)
    }
  }

  @Test("a picture of more than --max-pixels is skipped, and so is a file of more than 64 MiB")
  func large() throws {
    try with { files, output in
      let file = try FileHandle(forWritingTo: files.appending(path: "class 3/005.Png"))
      try file.truncate(atOffset: (64 << 20) + 1)
      let result = try SmallBuild.run(.folder, files, to: output, ["--max-pixels", "1600", "--max-skipped", "1"])
      #expect(result.exitCode == 65, "every picture is larger: no class has an image")
      let some = try SmallBuild.run(.folder, files, to: output, ["--max-pixels", "5000", "--max-skipped", "1"])
      #expect(some.exitCode == 0, "\(some.errors)")
      let manifest = try Manifest(in: output)
      #expect(manifest.skipped.contains { $0.name == "class 3/005.Png" && $0.reason.contains("67108865 bytes") })
      #expect(manifest.skipped.contains { $0.reason.contains("pixels") })
    }
  }
}
