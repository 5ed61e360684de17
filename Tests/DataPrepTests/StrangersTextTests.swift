import Foundation
import Shards
import TestSupport
import Testing

/// What names in archives, folders and data sets can write on the terminal of `dataprep`: nothing but text in its place.
@Suite struct StrangersTextTests {
  private static let attack = "n01\u{1B}[31m\u{9B}2J\u{202E}\r\nset: 10 images"

  private func expectHarmless(_ result: ProcessResult) {
    for text in [result.output, result.errors] {
      let isClean = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
      #expect(isClean && !text.contains("\u{202E}") && !text.contains("\nset: 10"), "\(text)")
    }
  }

  private func build(_ source: String, _ input: URL, _ output: URL) throws -> ProcessResult {
    try ToolProcess.run(
      "dataprep",
      ["build", "shards", "--source", source, "--input", input.path, "--size", "8", "--output", output.path])
  }

  @Test("a name in an archive that is cut, and of a folder without pictures, is told in its place")
  func inputs() throws {
    try withTemporaryFolder { folder in
      let program = """
        import io, sys, tarfile
        with tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT) as archive:
            member = tarfile.TarInfo(sys.argv[2] + ".tar")
            member.size = 5000
            archive.addfile(member, io.BytesIO(bytes(5000)))
        data = open(sys.argv[1], "rb").read()
        open(sys.argv[1], "wb").write(data[:1500])
        """
      let tar = folder.appending(path: "cut.tar")
      _ = try Python.run(program: program, arguments: [tar.path, Self.attack])
      let classes = folder.appending(path: "classes")
      try FileManager.default.createDirectory(
        at: classes.appending(path: Self.attack), withIntermediateDirectories: true)
      for (source, input) in [("imagenet", tar), ("imagenet", classes), ("folder", classes)] {
        let result = try build(source, input, folder.appending(path: "set"))
        #expect(result.exitCode == 65, "\(result.errors)")
        expectHarmless(result)
      }
    }
  }

  @Test("the name of a class, and of what is left out, is told in its place by every command")
  func dataset() throws {
    try withTemporaryFolder { folder in
      let (input, output) = (folder.appending(path: "in"), folder.appending(path: "set"))
      try SmallSource.folder.make(in: input)
      let first = try #require(FileManager.default.contentsOfDirectory(atPath: input.path).sorted().first)
      try FileManager.default.moveItem(at: input.appending(path: first), to: input.appending(path: Self.attack))
      try Data().write(to: input.appending(path: Self.attack).appending(path: "a\(Self.attack).bmp"))
      expectHarmless(try build("folder", input, output))
      #expect(try Manifest(in: output).classes.contains { $0.id == Self.attack }, "it is kept as it is")
      for arguments in [
        ["info", output.path], ["info", output.path, "--json"], ["verify", output.path],
        ["tasks", "sample", output.path, "--classes", "4", "--count", "3"],
        ["tasks", "sample", output.path, "--classes", "4", "--json"],
        ["show", output.path, "--output", folder.appending(path: "x.png").path, "--classes", "x\(Self.attack)"],
      ] {
        expectHarmless(try ToolProcess.run("dataprep", arguments))
      }
    }
  }
}
