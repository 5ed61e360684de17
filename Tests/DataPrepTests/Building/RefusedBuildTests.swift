import Files
import Foundation
import TestSupport
import Testing

@testable import DataPrep

@Suite struct RefusedBuildTests {
  /// The error of a build from a source after `change`; it must leave nothing.
  private func message(
    _ source: SmallSource, exitCode: Int32, _ options: [String] = [], change: (URL) throws -> Void = { _ in }
  ) throws -> String {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      try change(files)
      let result = try SmallBuild.run(source, files, to: folder.appending(path: "set"), options)
      #expect(result.exitCode == exitCode, "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["source"])
      return result.errors
    }
  }

  @Test("a class of no image is refused by its name")
  func emptyClass() throws {
    let message = try message(.folder, exitCode: 65) {
      try FileManager.default.createDirectory(at: $0.appending(path: "empty"), withIntermediateDirectories: false)
    }
    #expect(message.contains("/empty: is the folder of a class, but holds no picture: add some, or remove it"))
  }

  @Test(
    "a picture beside the folders of classes is refused by its name", arguments: [SmallSource.folder, .imagenetFolders])
  func strayPicture(source: SmallSource) throws {
    let message = try message(source, exitCode: 65) { files in
      try Data().write(to: files.appending(path: "Cat.JPG"))
    }
    #expect(message.contains("holds the picture Cat.JPG, which is in no class"))
  }

  @Test("two classes of one name are refused by it, before anything is read")
  func sameName() throws {
    let message = try message(.imagenetTars, exitCode: 65) {
      try FileManager.default.createDirectory(at: $0.appending(path: "n90000002"), withIntermediateDirectories: false)
    }
    #expect(message.contains("is a second class of the name n90000002"))
  }

  @Test(
    "a file that is given twice, by whichever name, is refused: its images would be there twice",
    arguments: [
      (["train_data_batch_1.npz", "train_data_batch_1.npz"], "is given twice: give every file once"),
      (["", "val_data.npz"], "is given twice: give every file once"),
      (["val_data.npz", "../source/val_data.npz"], "is the same file as"),
    ])
  func sameFile(input: [String], message: String) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenet32.make(in: files)
      let paths = input.map { $0.isEmpty ? files.path : files.path + "/" + $0 }
      let result = try ToolProcess.run(
        "dataprep",
        ["build", "shards"] + SmallSource.imagenet32.options + ["--output", folder.appending(path: "set").path]
          + ["--input"] + paths)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["source"])
    }
  }

  @Test("a folder of classes that is given twice is refused by its first class")
  func sameFolder() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.folder.make(in: files)
      let result = try SmallBuild.run(
        .folder, files, to: folder.appending(path: "set"), ["--input", files.path])
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("is a second class of the name"), "\(result.errors)")
    }
  }

  @Test("a tar that was cut is refused with the byte, before anything is made")
  func cut() throws {
    let message = try message(.imagenetTar, exitCode: 65) {
      let file = $0.appending(path: "train.tar")
      try Data(contentsOf: file).prefix(70_000).write(to: file)
    }
    #expect(message.contains("train.tar: ends at byte 70000, in n90000002.tar"))
    #expect(message.contains("it is incomplete, fetch it again"))
  }

  @Test("the archive of a class that was cut is refused with the byte, before anything is made")
  func cutClass() throws {
    let message = try message(.imagenetTars, exitCode: 65) {
      let file = $0.appending(path: "n90000002.tar")
      try Data(contentsOf: file).prefix(9_000).write(to: file)
    }
    #expect(message.contains("n90000002.tar: the archive ends at byte 9000 without the block of zeros at its end"))
  }

  @Test("a link that leads nowhere is refused by its name, before anything is made")
  func deadLink() throws {
    let message = try message(.folder, exitCode: 66) {
      try FileManager.default.createSymbolicLink(
        atPath: $0.appending(path: "class 1/gone.jpg").path, withDestinationPath: "nowhere.jpg")
    }
    #expect(message.contains("class 1/gone.jpg: is a link that leads to nothing that can be read"), "\(message)")
  }

  @Test(
    "an output in the folder of the classes is refused, as it would be taken for one",
    arguments: ["set", "class 1/set"])
  func outputInInput(name: String) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.folder.make(in: files)
      let before = try SmallSource.files(files)
      let result = try SmallBuild.run(.folder, files, to: files.appending(path: name))
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("lies in the input \(files.path), as if it were a class: choose another output"))
      #expect(try SmallSource.files(files) == before)
    }
  }

  @Test(
    "an input in the folder that the dataset is made in is refused, and not removed",
    arguments: [SmallSource.folder, .cifar10])
  func inputInPartial(source: SmallSource) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "set.partial")
      try source.make(in: files)
      let before = try SmallSource.files(files)
      let result = try SmallBuild.run(source, files, to: folder.appending(path: "set"), ["--restart"])
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("lies where the dataset is made"), "\(result.errors)")
      #expect(try SmallSource.files(files) == before)
    }
  }

  @Test(
    "an input without a class, beside others, is refused by its name", arguments: [SmallSource.folder, .imagenetTars])
  func emptyInput(source: SmallSource) throws {
    try withTemporaryFolder { folder in
      let (files, empty) = (folder.appending(path: "source"), folder.appending(path: "unmounted"))
      try source.make(in: files)
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
      let result = try SmallBuild.run(source, files, to: folder.appending(path: "set"), ["--input", empty.path])
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("\(empty.path): there is no class in it"), "\(result.errors)")
    }
  }

  @Test("a folder without classes, a file that is no tar, and none at all are refused")
  func noClasses() throws {
    let empty = try message(.imagenetFolders, exitCode: 65) { files in
      for file in try SmallSource.files(files) { try FileManager.default.removeItem(at: file) }
    }
    #expect(empty.contains("there is no class in it"))
    let other = try message(.imagenetTar, exitCode: 65) {
      try Data(repeating: 65, count: 9000).write(to: $0.appending(path: "train.tar"))
    }
    #expect(other.contains("train.tar: no tar header at byte 0"))
    let none = try message(.imagenetTar, exitCode: 66) {
      try FileManager.default.removeItem(at: $0.appending(path: "train.tar"))
    }
    #expect(none.contains("train.tar: cannot be read: No such file"))
  }

  @Test("a pipe among the pictures is left out, and a name that is not UTF-8 is refused")
  func oddFiles() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.folder.make(in: files)
      let classFolder = try #require(try SmallSource.files(files).first)
      let before = try FolderListing.images(in: files.path, prefix: "")
      #expect(mkfifo(classFolder.appending(path: "pipe.jpg").path, 0o644) == 0)
      #expect(try FolderListing.images(in: files.path, prefix: "") == before)
      let latin = Array("\(classFolder.path)/caf".utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
      #expect(mkdir(latin, 0o755) == 0)
      let error = #expect(throws: DataPrepError.self) { try FolderListing.images(in: files.path, prefix: "") }
      #expect(error?.description.contains("a name that is not UTF-8: rename it") == true)
    }
  }

  @Test("an array of objects, which only pickle could read, is refused")
  func pickled() throws {
    let message = try message(.imagenet32, exitCode: 65) { files in
      _ = try Python.run(
        program:
          "import numpy, sys; numpy.savez(sys.argv[1], data=numpy.array([{}], object), labels=numpy.array([1]))",
        arguments: [files.appending(path: "val_data.npz").path])
    }
    #expect(message.contains("val_data.npz: data is [1], not bytes"))
  }

  @Test("labels and images of different number, and a label of 0, are refused")
  func labels() throws {
    func message(_ labels: String) throws -> String {
      try self.message(.imagenet32, exitCode: 65) { files in
        let program = """
          import numpy, sys
          numpy.savez(sys.argv[1], data=numpy.zeros((3, 3072), 'u1'), labels=numpy.array(\(labels)))
          """
        _ = try Python.run(program: program, arguments: [files.appending(path: "val_data.npz").path])
      }
    }
    #expect(try message("[1, 2]").contains("val_data.npz: data is [3, 3072], not bytes of 2 images"))
    #expect(try message("[1, 0, 2]").contains("val_data.npz: label 1 is 0; the first is 1"))
    #expect(try message("[1, -3, 2]").contains("val_data.npz: label 1 is -3"))
    #expect(try message("[1.5, 2, 3]").contains("val_data.npz: labels is not a list of integers"))
  }

  @Test(
    "options that do not belong to the source, or together, are a wrong command line",
    arguments: [
      (SmallSource.imagenetTar, ["--classes", "x"], "--classes belongs to --source imagenet32"),
      (.cifar10, ["--names", "x"], "--names does not belong to --source cifar10"),
      (.cifar100, ["--filter", "box"], "--filter does not belong to --source cifar100"),
      (.mnist, ["--decode", "full"], "--decode does not belong to --source mnist"),
      (.imagenet32, ["--max-pixels", "10"], "--max-pixels does not belong to --source imagenet32"),
      (.cifar10, ["--max-skipped", "0"], "--max-skipped does not belong to --source cifar10"),
      (.mnist, ["--grey"], "--grey does not belong to --source mnist, whose images are grey"),
      (.folder, ["--held-out", "3", "--held-out-list", "x"], "exclude each other"),
      (.folder, ["--validation", "1"], "--validation is a share of each class"),
      (.folder, ["--max-skipped", "2"], "--max-skipped is a share"),
      (.folder, ["--shard-mib", "0"], "--shard-mib is 1"),
      (.folder, ["--threads", "0"], "--threads is 1"),
      (.imagenetTar, ["--input", "-", "x"], "a pipe is the only input"),
    ])
  func options(source: SmallSource, options: [String], message: String) throws {
    let result = try SmallBuild.run(source, URL(filePath: "/nowhere"), to: URL(filePath: "/nowhere/set"), options)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
