import Foundation
import Shards
import TestSupport
import Testing

@Suite struct OptionFileTests {
  /// Builds four classes, `n90000000` to `n90000003`, with `--names` of a file of these bytes.
  private func build(
    names bytes: some Sequence<UInt8>, _ options: [String] = [],
    _ body: (ProcessResult, [String]?) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let (files, output) = (folder.appending(path: "source"), folder.appending(path: "set"))
      let list = folder.appending(path: "names.txt")
      try SmallSource.imagenetFolders.make(in: files, images: 2)
      try Data(bytes).write(to: list)
      let result = try SmallBuild.run(.imagenetFolders, files, to: output, ["--names", list.path] + options)
      try body(result, result.exitCode == 0 ? Manifest(in: output).classes.map(\.name) : nil)
    }
  }

  private func lines(_ form: (Int) -> String) -> String { (0...3).map { form($0) + "\n" }.joined() }

  @Test("names are the same from files of every system, with tabs, and as comma-separated values")
  func forms() throws {
    let plain = lines { "n9000000\($0) thing \($0), other" }
    let expected = (0...3).map { "thing \($0), other" }
    for text in [
      plain, plain.replacing("\n", with: "\r\n"), "\u{FEFF}" + plain, lines { "n9000000\($0)\tthing \($0), other" },
      lines { "n9000000\($0),\"thing \($0), other\"" }, lines { "\"n9000000\($0)\",\"thing \($0), other\"" },
    ] {
      try build(names: text.utf8) { result, names in #expect(names == expected, "\(result.errors)") }
    }
  }

  @Test("names of no class, JSON, an id twice and what is no text are refused by the file and the line")
  func refused() throws {
    for (text, message) in [
      ("n1 a\nn2 b\n", "names.txt: names none of the 4 classes, of which n90000000 is the first"),
      ("{\"0\": [\"n90000000\", \"tench\"]}", "names.txt: is JSON, not lines of text: each line is the id of a class"),
      ("n90000000 a\r\n\r\nn90000000 b\r\n", "names.txt: line 3 has the id n90000000 for the second time"),
      ("n90000000\n", "names.txt: line 1 is not an id and a name"),
    ] {
      try build(names: text.utf8) { result, _ in
        #expect(result.exitCode == 65)
        #expect(result.errors.contains(message), "\(result.errors)")
      }
    }
    try build(names: [0x6E, 0xE9, 0x20, 0x61]) { result, _ in
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("names.txt: line 1 is not UTF-8"), "\(result.errors)")
    }
  }

  @Test("classes without a name are counted, and called by their ids")
  func unnamed() throws {
    try build(names: "n90000001 thing".utf8) { result, names in
      #expect(names == ["n90000000", "thing", "n90000002", "n90000003"])
      #expect(result.errors.contains("3 of 4 classes have no name in"), "\(result.errors)")
    }
  }

  @Test("a list may be a pipe, and a list that cannot be read is refused with the system's reason")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let (files, output) = (folder.appending(path: "source"), folder.appending(path: "set"))
      try SmallSource.imagenetFolders.make(in: files, classes: 25, images: 2)
      let ids = try SmallSource.files(files).prefix(12).map(\.lastPathComponent)
      let command =
        SmallBuild.arguments(.imagenetFolders, files, to: output)
        .map { "'\($0)'" }.joined(separator: " ")
      let tool = Repository.tools.appending(path: "dataprep").path
      let result = try ToolProcess(
        executable: URL(filePath: "/bin/bash"),
        [
          "-c",
          "'\(tool)' \(command) --outer-validation 0 --held-out-list <(printf '\(ids.joined(separator: "\\r\\n"))') "
            + "--names <(printf '\(ids[0]) first')",
        ]
      ).wait()
      #expect(result.exitCode == 0, "\(result.errors)")
      let manifest = try Manifest(in: output)
      #expect(manifest.positions(in: .heldOut).map { manifest.classes[$0].id } == ids)
      #expect(manifest.classes[0].name == "first")
      let folderList = try SmallBuild.run(
        .imagenetFolders, files, to: folder.appending(path: "other"), ["--held-out-list", files.path])
      #expect(folderList.exitCode == 66)
      #expect(folderList.errors.contains("\(files.path): cannot read: Is a directory"), "\(folderList.errors)")
    }
  }
}
