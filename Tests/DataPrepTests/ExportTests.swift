import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

@Suite struct ExportTests {
  private func export(_ dataset: URL, _ format: String, to output: URL) throws -> ProcessResult {
    try ToolProcess.run("dataprep", ["export", dataset.path, "--format", format, "--output", output.path])
  }

  @Test("numpy and Pillow find in the exported files every image of the dataset, training and validation apart")
  func python() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let (npz, png) = (folder.appending(path: "npz"), folder.appending(path: "png"))
      let result = try export(dataset, "npz", to: npz)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output == "\(npz.path): 20 images of 16×16×3\n")
      #expect(try export(dataset, "png", to: png).exitCode == 0)
      let script = Repository.root.appending(path: "Tools/Readers/compare_export.py")
      let report = try Python.run(script: script, arguments: [dataset.path, npz.path, png.path])
      #expect(report == "20 images agree\n")
    }
  }

  @Test("a dataset that is built from the exported archives has the same images, ids and validation images")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let (npz, again) = (folder.appending(path: "npz"), folder.appending(path: "again"))
      #expect(try export(dataset, "npz", to: npz).exitCode == 0)
      let result = try ToolProcess.run(
        "dataprep",
        [
          "build", "shards", "--source", "imagenet32", "--input", npz.path, "--size", "16",
          "--classes", npz.appending(path: "classes.txt").path, "--output", again.path,
        ])
      #expect(result.exitCode == 0, "\(result.errors)")
      let (first, second) = (try Manifest(in: dataset), try Manifest(in: again))
      #expect(first.classes == second.classes)
      #expect(first.shards.map(\.contentSha256) == second.shards.map(\.contentSha256))
    }
  }

  @Test("ids of several words, lines or colours stay in their line, of the table and of the exported list of classes")
  func oddNames() throws {
    try withTemporaryFolder { folder in
      _ = try ColourDataset(in: folder)
      let (tree, dataset) = (folder.appending(path: "tree"), folder.appending(path: "odd"))
      try FileManager.default.moveItem(
        at: tree.appending(path: "pears"), to: tree.appending(path: "ripe\npears \u{1B}[31m"))
      func build(_ source: String, _ input: URL, _ output: URL, _ rest: String...) throws {
        let result = try ToolProcess.run(
          "dataprep",
          ["build", "shards", "--source", source, "--input", input.path, "--size", "16", "--output", output.path] + rest
        )
        #expect(result.exitCode == 0, "\(result.errors)")
      }
      try build("folder", tree, dataset)
      let table = try ToolProcess.run("dataprep", ["info", dataset.path]).output
      #expect(table.split(separator: "\n").count == 4 && table.contains(#"ripe pears \u001b[31m"#))
      #expect(!table.contains("\u{1B}"))
      let npz = folder.appending(path: "npz")
      #expect(try export(dataset, "npz", to: npz).exitCode == 0)
      let again = folder.appending(path: "again")
      try build("imagenet32", npz, again, "--classes", npz.appending(path: "classes.txt").path)
      #expect(try Manifest(in: again).classes.map(\.id) == ["apples", "ripe_pears__[31m"])
    }
  }

  @Test("two ids that would be one in the exported list of classes are refused by their names")
  func sameWord() throws {
    try withTemporaryFolder { folder in
      _ = try ColourDataset(in: folder)
      let (tree, dataset) = (folder.appending(path: "tree"), folder.appending(path: "odd"))
      for (old, new) in [("pears", "a b"), ("apples", "a_b")] {
        try FileManager.default.moveItem(at: tree.appending(path: old), to: tree.appending(path: new))
      }
      let built = try ToolProcess.run(
        "dataprep",
        ["build", "shards", "--source", "folder", "--input", tree.path, "--size", "16", "--output", dataset.path])
      #expect(built.exitCode == 0, "\(built.errors)")
      let npz = try export(dataset, "npz", to: folder.appending(path: "npz"))
      #expect(npz.exitCode == 65)
      #expect(npz.errors.contains("the classes a b and a_b are one in a list of words, a_b: export it as png"))
      #expect(try export(dataset, "png", to: folder.appending(path: "png")).exitCode == 0)
    }
  }

  @Test("the same dataset gives the same archive")
  func sameBytes() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let files = try ["first", "second"].map {
        #expect(try export(dataset, "npz", to: folder.appending(path: $0)).exitCode == 0)
        return try Data(contentsOf: folder.appending(path: "\($0)/train_data_batch_1.npz"))
      }
      #expect(files[0] == files[1])
    }
  }

  @Test("a damaged dataset, none, and an output that exists are refused, and nothing is left")
  func refused() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let existing = try export(dataset, "png", to: dataset)
      #expect(existing.exitCode == 73)
      #expect(existing.errors.contains("dataset: exists already: remove it or choose another output"))
      let output = folder.appending(path: "out")
      let none = try export(folder, "npz", to: output)
      #expect(none.exitCode == 66)
      #expect(none.errors.contains("no manifest.json can be read here"))
      let shard = dataset.appending(path: "shard-00000.lmdb")
      var bytes = try Data(contentsOf: shard)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: shard)
      let damaged = try export(dataset, "npz", to: output)
      #expect(damaged.exitCode == 65)
      #expect(damaged.errors.contains("shard-00000.lmdb: its SHA-256 is not the manifest's"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }

  @Test("files that a stopped export left are replaced")
  func leftOver() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let partial = folder.appending(path: "out.partial/apples")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: partial.appending(path: "99999.png"))
      try Data().write(to: folder.appending(path: "out.partial/.unfinished-export"))
      let output = folder.appending(path: "out")
      #expect(try export(dataset, "png", to: output).exitCode == 0)
      let files = try FileManager.default.contentsOfDirectory(atPath: output.appending(path: "apples").path)
      #expect(files.sorted() == (0..<10).map { String(format: "%05d.png", $0) })
      #expect(!FileManager.default.fileExists(atPath: output.appending(path: ".unfinished-export").path))
    }
  }

  @Test(
    "a folder of the name that it works under is not touched where it is not its own, be there a dataset or not",
    arguments: ["build.json", "notes.txt"], [true, false])
  func foreignFolder(file: String, hasDataset: Bool) throws {
    try withTemporaryFolder { folder in
      let dataset = try hasDataset ? ColourDataset(in: folder).folder : folder.appending(path: "typo")
      let partial = folder.appending(path: "out.partial")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
      try Data("mine".utf8).write(to: partial.appending(path: file))
      let result = try export(dataset, "png", to: folder.appending(path: "out"))
      #expect(result.exitCode == 73)
      #expect(result.errors.contains("out.partial: is the output's name while it is made, but holds \(file)"))
      #expect(try String(contentsOf: partial.appending(path: file), encoding: .utf8) == "mine")
    }
  }

  @Test(
    "a disk that becomes full leaves nothing, and the message says so",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"), arguments: ["npz", "png"])
  func noSpace(format: String) throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      try SmallDisk.with(kibibytes: 8) { disk in
        let result = try export(dataset, format, to: disk.appending(path: "out"))
        #expect(result.exitCode == 74)
        #expect(result.errors.contains("No space left on device"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
      }
    }
  }

  @Test(
    "an archive of more than 4 GiB is one that Python can read",
    .enabled(if: ProcessInfo.processInfo.environment["LOPT_LONG"] != nil, "it writes 4 GiB: set LOPT_LONG"))
  func large() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "large.zip")
      let piece = [UInt8](repeating: 7, count: 1 << 24)
      let zip = try ZipWriter(url)
      try zip.add("large") { append in for _ in 0..<257 { try append(piece) } }
      try zip.add("small") { append in try append([1, 2, 3]) }
      try zip.finish()
      let program = """
        import sys, zipfile
        archive = zipfile.ZipFile(sys.argv[1])
        assert archive.testzip() is None
        print([(entry.filename, entry.file_size) for entry in archive.infolist()], archive.read("small"))
        """
      let report = try Python.run(program: program, arguments: [url.path])
      #expect(report == "[('large', \(257 << 24)), ('small', 3)] b'\\x01\\x02\\x03'\n")
    }
  }
}
