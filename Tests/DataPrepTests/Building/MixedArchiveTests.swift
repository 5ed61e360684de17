import Foundation
import TestSupport
import Testing

/// Pictures among archives of classes, and archives among the pictures of a class: the latter's would be lost.
@Suite struct MixedArchiveTests {
  @Test(
    "a picture before or behind the archives of classes is refused by its name, in a file and in a pipe",
    arguments: [SmallSource.imagenetTar, .imagenetPipe], ["before", "behind"])
  func strayPicture(source: SmallSource, place: String) throws {
    // One that comes first in a file makes it the archive of one class, until an archive follows.
    let isTaken = source == .imagenetTar && place == "before"
    let message = try message(source, "train.tar", "n90000009_1.JPEG", place)
    #expect(
      message.contains(
        isTaken
          ? "holds the archive n90000000.tar among the pictures of class train (n90000009_1.JPEG is the first): unpack"
          : "holds the picture n90000009_1.JPEG, which is in no class's archive"), "\(message)")
  }

  @Test(
    "an archive before or behind the pictures of a class is refused by its name, in a file, in a pipe, in a folder",
    arguments: [SmallSource.imagenetTar, .imagenetPipe, .imagenetTars], ["before", "behind"])
  func strayArchive(source: SmallSource, place: String) throws {
    let archive = source == .imagenetTars ? "n90000002.tar" : "train.tar/n90000002.tar"
    let message = try message(source, archive, "more.tar", place)
    #expect(
      message.contains(
        place == "before"
          ? "holds the archive more.tar where pictures of class n90000002 should be: give the archive"
          : "holds the archive more.tar among the pictures of class n90000002 (n90000002_0.JPEG is the first): unpack"),
      "\(message)")
  }

  /// The error of a build where an empty file `name` is put into an archive, which may lie in another ("train.tar/…"). It
  /// must leave nothing.
  private func message(_ source: SmallSource, _ archive: String, _ name: String, _ place: String) throws -> String {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      let insert = """
        import io, sys, tarfile
        from pathlib import Path
        def insert(data, inner):
            with tarfile.open(fileobj=io.BytesIO(data)) as old:
                files = [(each.name, old.extractfile(each).read()) for each in old]
            if inner: files = [(name, insert(each, []) if name == inner[0] else each) for name, each in files]
            else: files.insert(0 if sys.argv[4] == "before" else len(files), (sys.argv[3], b""))
            new = io.BytesIO()
            with tarfile.open(fileobj=new, mode="w") as tar:
                for name, each in files:
                    entry = tarfile.TarInfo(name)
                    entry.size = len(each)
                    tar.addfile(entry, io.BytesIO(each))
            return new.getvalue()
        outer, *inner = sys.argv[2].split("/")
        file = Path(sys.argv[1], outer)
        file.write_bytes(insert(file.read_bytes(), inner))
        """
      _ = try Python.run(program: insert, arguments: [files.path, archive, name, place])
      let pipe = files.appending(path: "train.tar")
      let result = try SmallBuild.run(
        source, files, to: folder.appending(path: "set"),
        input: source == .imagenetPipe ? try FileHandle(forReadingFrom: pipe) : .nullDevice)
      #expect(result.exitCode == 65)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["source"])
      return result.errors
    }
  }
}
