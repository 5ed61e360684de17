import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

/// What of an input is not taken is counted and named, and a class or batch that is missing is refused.
@Suite struct LeftOutTests {
  @Test("pictures in formats that are not read are counted and named at the end, by info, and in the manifest")
  func otherFormats() throws {
    try InputFiles.with(.imagenetFolders) { files, output in
      let picture = "n90000001/n90000001_00000.JPEG"
      for name in ["a.webp", "b.webp", "c.GIF", "d", "e.jpg~", "f.jpeg.1", "g.jpg.crdownload", ".h.jpg.Xa81b2"] {
        try InputFiles.copy(files, picture, "n90000001/\(name)")
      }
      let result = try SmallBuild.run(.imagenetFolders, files, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(
        result.errors.contains("8 left out of the input: 1× a hidden file or folder (n90000001/.h.jpg.Xa81b2); "),
        "\(result.errors)")
      #expect(result.errors.contains("2× a WebP picture, which is not read (n90000001/a.webp, n90000001/b.webp)"))
      let manifest = try Manifest(in: output)
      #expect(manifest.classes.map(\.count) == [12, 12, 12, 12])
      let found = Dictionary(uniqueKeysWithValues: (manifest.leftOut ?? []).map { ($0.reason, $0.names) })
      #expect(
        found == [
          "a hidden file or folder": ["n90000001/.h.jpg.Xa81b2"],
          "a WebP picture, which is not read": ["n90000001/a.webp", "n90000001/b.webp"],
          "a GIF picture, which is not read": ["n90000001/c.GIF"],
          "a file without the ending of a picture": ["n90000001/d", "n90000001/e.jpg~", "n90000001/f.jpeg.1"],
          "the unfinished download of a file": ["n90000001/g.jpg.crdownload"],
        ])
      let info = try ToolProcess.run("dataprep", ["info", output.path])
      #expect(info.output.contains("8 left out of the input"))
      let json = try ToolProcess.run("dataprep", ["info", output.path, "--json"])
      #expect(json.output.contains(#""left_out" : ["#))
    }
  }

  @Test("the endings .jpe and .jfif are those of JPEGs", arguments: ["jpe", "JFIF"])
  func otherEndings(ending: String) throws {
    try InputFiles.with(.imagenetFolders) { files, output in
      try InputFiles.rename(files, "n90000001/n90000001_00003.JPEG", "n90000001/n90000001_00003.\(ending)")
      #expect(try SmallBuild.run(.imagenetFolders, files, to: output).exitCode == 0)
      #expect(try Manifest(in: output).classes.map(\.count) == [12, 12, 12, 12])
    }
  }

  @Test("texts, and files that systems keep for themselves, are no loss: the manifest has no key left_out")
  func nothingLeftOut() throws {
    try InputFiles.with(.folder) { files, output in
      for name in [".DS_Store", "class 1/Thumbs.db", "class 1/desktop.ini", "README.md", "class 2/boxes.xml"] {
        try Data([1]).write(to: files.appending(path: name))
      }
      let result = try SmallBuild.run(.folder, files, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(!result.errors.contains("left out"))
      let manifest = try String(contentsOf: output.appending(path: "manifest.json"), encoding: .utf8)
      #expect(!manifest.contains("left_out"))
    }
  }

  @Test(
    "folders that systems make, hidden ones, and links to folders are no classes and hold no pictures of one",
    arguments: [SmallSource.folder, .imagenetFolders])
  func systemFolders(source: SmallSource) throws {
    try InputFiles.with(source) { files, output in
      let classFolder = try #require(try SmallSource.files(files).first { !$0.lastPathComponent.contains(".") })
      let pictures = try FolderListing.images(in: classFolder.path, prefix: "")
      for folder in [files, classFolder] {
        for name in ["@eaDir", "__MACOSX", "lost+found", ".thumbnails"] {
          try FileManager.default.createDirectory(
            at: folder.appending(path: name), withIntermediateDirectories: false)
          let small = folder.appending(path: "\(name)/SYNOPHOTO_THUMB_M.jpg")
          try FileManager.default.copyItem(atPath: classFolder.path + pictures[0], toPath: small.path)
        }
      }
      try FileManager.default.createSymbolicLink(
        at: classFolder.appending(path: "more"), withDestinationURL: files)
      let result = try SmallBuild.run(source, files, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      let manifest = try Manifest(in: output)
      #expect(manifest.classes.map(\.count) == [12, 12, 12, 12])
      let counts = Dictionary(uniqueKeysWithValues: (manifest.leftOut ?? []).map { ($0.reason, $0.count) })
      #expect(
        counts == [
          LeftOut.systemFolder: 6, LeftOut.hidden: 2, LeftOut.folderLink: 1,
        ])
    }
  }

  @Test("a class of nothing but what is not read is refused, and the error says what it holds")
  func onlyOther() throws {
    try InputFiles.with(.imagenetFolders) { files, output in
      for number in 0..<12 {
        let name = String(format: "n90000002/n90000002_%05d", number)
        try InputFiles.rename(files, "\(name).JPEG", "\(name).webp")
      }
      let result = try SmallBuild.run(.imagenetFolders, files, to: output)
      #expect(result.exitCode == 65)
      #expect(
        result.errors.contains("holds no picture that is read, only 12× a WebP picture, which is not read (n90000002/"),
        "\(result.errors)")
    }
    for source in [SmallSource.imagenetTar, .imagenetPipe] {
      try InputFiles.with(source) { files, output in
        try changeEntries(files.appending(path: "train.tar"), ["n90000002.tar/.JPEG": ".webp"])
        let pipe = try FileHandle(forReadingFrom: files.appending(path: "train.tar"))
        let result = try SmallBuild.run(source, files, to: output, input: pipe)
        #expect(result.exitCode == 65)
        #expect(
          result.errors.contains("the archive of class n90000002 holds no picture that is read, only 12× a WebP"),
          "\(result.errors)")
      }
    }
  }

  /// Renames entries of a tar of tars: "archive/old" to "new" in the names of the archive's files, "/old" in those of the
  /// archives.
  private func changeEntries(_ file: URL, _ changes: [String: String]) throws {
    let program = """
      import io, json, sys, tarfile
      changes = json.loads(sys.argv[2])
      def changed(data, place):
          new = io.BytesIO()
          with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=new, mode="w") as tar:
              for entry in old:
                  content = old.extractfile(entry).read()
                  if entry.name.endswith(".tar"): content = changed(content, entry.name)
                  for change, name in changes.items():
                      archive, text = change.split("/")
                      if archive == place: entry.name = entry.name.replace(text, name)
                  entry.size = len(content)
                  tar.addfile(entry, io.BytesIO(content))
          return new.getvalue()
      data = changed(open(sys.argv[1], "rb").read(), "")
      open(sys.argv[1], "wb").write(data)
      """
    let text = String(decoding: try JSONEncoder().encode(changes), as: UTF8.self)
    _ = try Python.run(program: program, arguments: [file.path, text])
  }

  @Test(
    "an archive of a class in a form that is not read is a class that is missing, wherever it lies",
    arguments: [SmallSource.imagenetTar, .imagenetPipe, .imagenetTars],
    [".tar.gz", ".tgz", ".zip", ".tar.part", ".tar.aria2", ".tar.1", ".tar~", ".part"])
  func otherArchive(source: SmallSource, ending: String) throws {
    try InputFiles.with(source) { files, output in
      let train = files.appending(path: "train.tar")
      if source == .imagenetTars {
        try InputFiles.rename(files, "n90000003.tar", "n90000003\(ending)")
      } else {
        try changeEntries(train, ["/n90000003.tar": "n90000003\(ending)"])
      }
      let result = try SmallBuild.run(
        source, files, to: output, input: source == .imagenetPipe ? try FileHandle(forReadingFrom: train) : .nullDevice)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("holds n90000003\(ending), "), "\(result.errors)")
      #expect(result.errors.contains("class n90000003"), "\(result.errors)")
    }
  }

  @Test("an archive of a class that is there too is left out; the unfinished download of one is refused all the same")
  func secondArchive() throws {
    try InputFiles.with(.imagenetTars) { files, output in
      for ending in ["tar.gz", "tar.1"] { try InputFiles.copy(files, "n90000003.tar", "n90000003.\(ending)") }
      let result = try SmallBuild.run(.imagenetTars, files, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      let names = try Manifest(in: output).leftOut?.map(\.names)
      #expect(names == [["n90000003.tar.1", "n90000003.tar.gz"]])
      try Data().write(to: files.appending(path: "n90000003.tar.aria2"))
      let refused = try SmallBuild.run(.imagenetTars, files, to: output.appendingPathExtension("again"))
      #expect(refused.exitCode == 65)
      #expect(refused.errors.contains("holds n90000003.tar.aria2, an unfinished download of class n90000003"))
    }
  }

  @Test(
    "links in archives are left out by name where they stand for pictures, and refused where they stand for classes")
  func links() throws {
    let program = """
      import sys, tarfile
      with tarfile.open(sys.argv[1], "a") as tar:
          for name in sys.argv[2:]:
              entry = tarfile.TarInfo(name)
              entry.type, entry.linkname = tarfile.LNKTYPE, "elsewhere"
              tar.addfile(entry)
      """
    try InputFiles.with(.imagenetTars) { files, output in
      _ = try Python.run(
        program: program, arguments: [files.appending(path: "n90000000.tar").path, "n90000000_99.JPEG"])
      #expect(try SmallBuild.run(.imagenetTars, files, to: output).exitCode == 0)
      #expect(try Manifest(in: output).leftOut?.map(\.names) == [["n90000000/n90000000_99.JPEG"]])
    }
    try InputFiles.with(.imagenetTar) { files, output in
      _ = try Python.run(program: program, arguments: [files.appending(path: "train.tar").path, "n90000009.tar"])
      let result = try SmallBuild.run(.imagenetTar, files, to: output)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("holds n90000009.tar as a link, without the archive itself"), "\(result.errors)")
    }
  }

  @Test(
    "a build that was stopped counts as much as one that was not", arguments: [SmallSource.imagenetTars, .imagenetPipe])
  func stopped(source: SmallSource) throws {
    try InputFiles.with(source) { files, output in
      let train = files.appending(path: "train.tar")
      let (first, third) = (files.appending(path: "n90000000.tar"), files.appending(path: "n90000002.tar"))
      if source == .imagenetPipe {
        let names = ["n90000000.tar/0.JPEG": "0.webp", "n90000003.tar/_1.JPEG": "_1.gif"]
        try changeEntries(train, names)
      } else {
        try changeEntries(first, ["/0.JPEG": "0.webp"])
        try Data().write(to: files.appending(path: "n90000001.unknown"))
      }
      let damaged = source == .imagenetPipe ? train : third
      let content = try Data(contentsOf: damaged)
      // Inside of the third class, behind its first picture.
      let place = source == .imagenetPipe ? content.count * 5 / 8 : content.count / 2
      let block = place / 512 * 512
      func run(_ output: URL) throws -> ProcessResult {
        let input: FileHandle = source == .imagenetPipe ? try FileHandle(forReadingFrom: train) : .nullDevice
        let arguments = SmallBuild.arguments(source, files, to: output, ["--shard-mib", "1"])
        return try ToolProcess.run("dataprep", arguments.map { $0 == "32" ? "256" : $0 }, input: input)
      }
      // A pipe ends there, and in a file something else stands until the end.
      let rest = Data(repeating: 7, count: content.count - block - 1024) + Data(count: 1024)
      try (content.prefix(block) + (source == .imagenetPipe ? Data() : rest)).write(to: damaged)
      let broken = try run(output)
      #expect(broken.exitCode == 65, "\(broken.errors)")
      #expect(FileManager.default.fileExists(atPath: output.path + ".partial"), "a shard was finished")
      try content.write(to: damaged)
      let gone = try run(output)
      #expect(gone.exitCode == 0, "\(gone.errors)")
      #expect(gone.errors.contains("goes on after"))
      let again = output.appendingPathExtension("again")
      #expect(try run(again).exitCode == 0)
      let (stopped, whole) = (try Manifest(in: output), try Manifest(in: again))
      #expect(stopped == whole)
      #expect(stopped.leftOut?.reduce(0) { $0 + $1.count } == 3)
    }
  }
}
