import Files
import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// Tars that each hold several classes, or parts of a data set, are no classes; nor are the shards of a WebDataset.
@Suite struct ArchiveLayoutTests {
  /// Makes tars of these entries, pictures and other files, and hands over their folder.
  private func with<Result>(_ tars: [String: [String]], _ body: (URL) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      let program = """
        import io, json, sys, tarfile
        from PIL import Image
        picture = io.BytesIO()
        Image.new("RGB", (40, 40)).save(picture, "JPEG")
        def tar(file, names, tars):
            with tarfile.open(fileobj=file, mode="w") as archive:
                for name in names:
                    data = picture.getvalue() if name.lower().endswith("jpg") else b"7"
                    if name in tars:
                        inner = io.BytesIO()
                        tar(inner, tars[name], {})
                        data = inner.getvalue()
                    entry = tarfile.TarInfo(name)
                    entry.size = len(data)
                    archive.addfile(entry, io.BytesIO(data))
        tars = json.loads(sys.argv[2])
        for name in tars:
            tar(open(sys.argv[1] + "/" + name, "wb"), tars[name], tars)
        tar(open(sys.argv[1] + "/all", "wb"), sorted(tars), tars)
        """
      let text = String(decoding: try JSONEncoder().encode(tars), as: UTF8.self)
      let input = folder.appending(path: "in")
      try FileManager.default.createDirectory(at: input, withIntermediateDirectories: false)
      _ = try Python.run(program: program, arguments: [input.path, text])
      try FileManager.default.moveItem(at: input.appending(path: "all"), to: folder.appending(path: "all.tar"))
      return try body(input)
    }
  }

  /// The errors of a folder of tars, of the tars as inputs of their own, and of the tar and the pipe that hold them all.
  private func messages(_ tars: [String: [String]]) throws -> [String] {
    try with(tars) { folder in
      let all = folder.deletingLastPathComponent().appending(path: "all.tar").path
      let ways: [() throws -> Void] = [
        { _ = try ImageNet.open([folder.path]) }, { _ = try ImageNet.open(SmallSource.files(folder).map(\.path)) },
        { _ = try ImageNet.open([all]) }, { _ = try ImageNetStreamSource(path: all).readAll() },
      ]
      return try ways.map { way in
        let error = #expect(throws: DataPrepError.self) { try way() }
        #expect(error?.exitCode == .data)
        return try #require(error).description
      }
    }
  }

  @Test("parts of a data set, each with a folder for each class, flat, or with one class")
  func parts() throws {
    for message in try messages([
      "train.tar": ["cat/1.jpg", "cat/2.jpg", "dog/3.jpg"], "val.tar": ["cat/4.jpg", "dog/5.jpg"],
    ]) {
      #expect(message.contains("train, but holds pictures in several folders, cat and dog, as if each were a class"))
      #expect(message.contains("unpack it into folders CLASS/….jpg, and give the folder of these"), "\(message)")
    }
    for tars in [
      ["trn.tar": ["1.jpg"], "vld.tar": ["2.jpg"], "tst.tar": ["3.jpg"]],
      ["train_set.tar": ["./cat/1.jpg"], "hold-out.tar": ["./cat/2.jpg"]], ["train.tar": ["1.jpg"]],
    ] {
      for message in try messages(tars) {
        #expect(message.contains("would be the classes, but these are names of parts of a data set"), "\(message)")
      }
    }
  }

  @Test("tars of any names whose pictures lie in several folders, and such that were packed with their own")
  func anyNames() throws {
    for tars in [
      ["a.tar": ["cat/1.jpg", "dog/2.jpg"], "b.tar": ["cat/3.jpg", "dog/4.jpg"]],
      ["a.tar": ["images/cat/1.jpg", "images/dog/2.jpg"], "b.tar": ["images/bird/1.jpg", "images/fish/2.jpg"]],
      ["dog.tar": ["1.jpg"], "rest.tar": ["2.jpg", "x/3.jpg", "y/4.jpg"]],
      ["train.tar": ["train/cat/1.jpg", "train/dog/2.jpg"], "cat.tar": ["1.jpg"]],
    ] {
      for message in try messages(tars) { #expect(message.contains("but holds pictures in several folders, ")) }
    }
    for message in try messages(["a.tar": ["a/cat/1.jpg", "a/dog/2.jpg"], "b.tar": ["b/cat/3.jpg", "b/dog/4.jpg"]]) {
      #expect(
        message.contains(/the archives of (a and b|b and a) hold the same folders \(cat, dog\), as if each held all/))
    }
    for message in try messages(["flowers.tar": ["flowers/daisy/1.jpg", "flowers/rose/2.jpg"]]) {
      #expect(message.contains("would be the only class, but its pictures lie in several folders (daisy, rose)"))
    }
  }

  @Test(
    "archives of a class each are taken: flat, in a folder, in a folder of their name with others in it",
    arguments: [
      ["cat.tar": ["1.jpg", "2.jpg"], "dog.tar": ["./3.jpg"]],
      ["cat.tar": ["images/1.jpg"], "dog.tar": ["images/2.jpg"]],
      ["cat.tar": ["cat/a/1.jpg", "cat/b/2.jpg"], "dog.tar": ["./dog/c/1.jpg", "./dog/d/2.jpg"]],
      ["cat.tar": ["1.jpg", "more/2.jpg"], "dog.tar": ["3.jpg", "README.txt"]],
      ["test.tar": ["1.jpg"], "bus.tar": ["2.jpg"]],
      ["n01440764.tar": ["a/1.jpg", "b/2.jpg"], "n01443537.tar": ["a/1.jpg", "b/2.jpg", "2.json"]],
    ])
  func classes(tars: [String: [String]]) throws {
    let counts = tars.sorted { $0.key < $1.key }.map { $0.value.count { $0.hasSuffix("jpg") } }
    try with(tars) { (folder: URL) throws -> Void in
      let read = try ImageNet.open([folder.path]).readAll()
      #expect(read.map(\.images.count) == counts)
      let all = folder.deletingLastPathComponent().appending(path: "all.tar").path
      let piped = try ImageNetStreamSource(path: all).readAll()
      #expect(piped.count == tars.count)
    }
  }

  @Test(
    "shards of a WebDataset are called that, one or several, whichever of picture and label comes first",
    arguments: [
      ["000000.jpg", "000000.cls", "000001.jpg", "000001.cls"], ["000000.cls", "000000.jpg"],
      ["./a/000000.jpg", "./a/000000.json"], ["s/1.jpg", "s/1.txt"], ["1.seg.jpg", "1.target.cls"],
      ["1.jpg", "2.jpg", "1.cls", "2.cls"], ["1.webp", "1.cls"], ["n01440764_1.jpg", "n01440764_1.cls"],
    ])
  func webDataset(names: [String]) throws {
    for tars in [["imagenet1k-train-0000.tar": names, "imagenet1k-train-0001.tar": names], ["part.tar": names]] {
      for message in try messages(tars) {
        #expect(message.contains("is in the form WebDataset, with the labels beside the pictures ("), "\(message)")
        #expect(message.contains("unpack it into a folder for each class"), "\(message)")
      }
    }
  }

  @Test("what was unpacked of one is called that too; texts beside the pictures of a class's folder are not")
  func unpacked() throws {
    try InputFiles.with(.folder) { files, _ in
      try Data("7".utf8).write(to: files.appending(path: "class 1/001.txt"))
      #expect(try ClassFolders.open([files.path]).classes?.count == 4)
      try Data("7".utf8).write(to: files.appending(path: "class 1/001.cls"))
      for open in [{ try ClassFolders.open([$0]) as any ImageSource }, { try ImageNet.open([$0]) }] {
        let error = #expect(throws: DataPrepError.self) { try open(files.path) }
        #expect(error?.description.contains("is in the form WebDataset") == true, "\(error as Any)")
      }
    }
  }

  @Test(
    "folders of parts are no classes, whatever the parts are called",
    arguments: [
      ["trn", "vld", "tst"], ["training", "validation", "testing"], ["train", "dev", "eval"],
      ["train", "valid", "holdout"],
      ["Train", "Hold-Out", "TEST"], ["train2017", "val2017"], ["trainset", "testset"], ["fold 1", "fold 2", "fold_3"],
      ["train_data", "dev_data"], ["trainval", "minival"],
    ])
  func splits(names: [String]) throws {
    try withTemporaryFolder { folder in
      for name in names {
        for place in ["cat", "dog"] {
          let url = folder.appending(path: "\(name)/\(place)/1.jpg")
          try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
          try Data([1]).write(to: url)
        }
      }
      for open in [{ try ClassFolders.open([$0]) as any ImageSource }, { try ImageNet.open([$0]) }] {
        let error = #expect(throws: DataPrepError.self) { try open(folder.path) }
        #expect(error?.description.contains("are no classes: the 2 folder(s) in \(names[0]) are (cat, dog)") == true)
      }
      // One that is no part makes classes of them all.
      try FileManager.default.moveItem(at: folder.appending(path: names[1]), to: folder.appending(path: "bus"))
      #expect(try ClassFolders.open([folder.path]).classes?.count == names.count)
    }
  }
}
