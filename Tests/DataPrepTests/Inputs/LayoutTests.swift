import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

/// Inputs whose folders or archives are laid out otherwise than the source expects are recognised and refused, with what
/// was seen and what to give instead.
@Suite struct LayoutTests {
  /// Makes empty files at these paths, and opens the folder as a source.
  private func open(_ source: SourceOptions.Kind, _ paths: [String], below: String = "") throws -> any ImageSource {
    try withTemporaryFolder { folder in
      for path in paths {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data([1]).write(to: file)
      }
      let input = folder.path + below
      return try source == .imagenet ? ImageNet.open([input]) : ClassFolders.open([input])
    }
  }

  /// The error of opening it, which is one of data.
  private func message(_ source: SourceOptions.Kind, _ paths: [String]) throws -> String {
    let error = #expect(throws: DataPrepError.self) { try open(source, paths) }
    #expect(error?.exitCode == .data)
    return try #require(error).description
  }

  private let imagenette = ["train/n01440764/a.JPEG", "train/n02102040/b.JPEG", "val/n01440764/c.JPEG"]

  @Test("folders of parts are no classes: the error names the one to give", arguments: [true, false])
  func parts(isImageNet: Bool) throws {
    let source: SourceOptions.Kind = isImageNet ? .imagenet : .folder
    let message = try message(source, imagenette)
    #expect(
      message.contains("its folders train, val are no classes: the 2 folder(s) in train are (n01440764, n02102040)"))
    #expect(message.hasSuffix("/train"), "\(message)")
    let named = try self.message(source, ["Training_set/cat/a.jpg", "Training_set/dog/b.jpg", "test_set/cat/c.jpg"])
    #expect(named.hasSuffix("/Training_set"), "\(named)")
  }

  @Test("of ImageNet's own tree, the folder of the training images is the one to give, from whichever folder above it")
  func imageNetTree() throws {
    let tree = [
      "train/n01440764/n01440764_1.JPEG", "train/n01443537/n01443537_1.JPEG", "val/ILSVRC2012_val_00000001.JPEG",
      "test/ILSVRC2012_test_00000001.JPEG",
    ]
    for above in ["", "CLS-LOC/", "Data/CLS-LOC/", "ILSVRC/Data/CLS-LOC/"] {
      let message = try message(.imagenet, tree.map { above + $0 })
      #expect(message.hasSuffix("/\(above)train"), "\(message)")
    }
  }

  @Test("one folder around those of the classes is no class")
  func wrapper() throws {
    let message = try message(.folder, ["flowers/photos/daisy/1.jpg", "flowers/photos/rose/2.jpg"])
    #expect(message.contains("its folder flowers is no class"))
    #expect(message.hasSuffix("/flowers/photos"), "\(message)")
  }

  @Test("folders of parts that hold pictures themselves have no classes at all")
  func flat() throws {
    let message = try message(.folder, ["train/1.jpg", "test/2.jpg"])
    #expect(
      message.contains("its folders test, train are no classes, but hold pictures: what is expected is a folder for"))
  }

  @Test(
    "folders in the folder of a class are part of it, whatever they are called",
    arguments: [
      ["cat/old/1.jpg", "cat/new/2.jpg", "dog/3.jpg"], ["dogs/n02085620/1.jpg", "cats/n02123045/2.jpg"],
      ["train/1.jpg", "bus/2.jpg"], ["bus/n/1.jpg"],
    ])
  func nested(paths: [String]) throws {
    let classes = try #require(try open(.folder, paths).classes)
    #expect(classes.map(\.id) == Set(paths.map { $0.split(separator: "/")[0] }).map(String.init).sorted())
  }

  /// The error of building from one tar, made of names of pictures.
  private func message(ofTar name: String, _ pictures: [String]) throws -> String {
    try withTemporaryFolder { folder in
      let program = """
        import io, sys, tarfile
        from PIL import Image
        with tarfile.open(sys.argv[1], "w") as tar:
            for name in sys.argv[2:]:
                data = io.BytesIO()
                Image.new("RGB", (40, 40)).save(data, "JPEG")
                entry = tarfile.TarInfo(name)
                entry.size = len(data.getvalue())
                tar.addfile(entry, io.BytesIO(data.getvalue()))
        """
      let file = folder.appending(path: name)
      _ = try Python.run(program: program, arguments: [file.path] + pictures)
      let error = #expect(throws: DataPrepError.self) { try ImageNet.open([file.path]) }
      return try #require(error).description
    }
  }

  @Test("an archive of folders of classes, and one of pictures of several classes, is not one class")
  func archives() throws {
    let folders = try message(ofTar: "train.tar", ["train/n01440764/a.JPEG", "train/n01443537/b.JPEG"])
    #expect(folders.contains("train.tar: is taken for the archive of one class, train, but holds the folder n01440764"))
    let other = try message(ofTar: "flowers.tar", ["./daisy/a.jpg", "./rose/b.jpg"])
    #expect(
      other.contains("class, flowers, but holds pictures in several folders, daisy and rose, as if each were a class"))
    let flat = try message(ofTar: "train_images_0.tar", ["n01440764_1.JPEG", "n01443537_2_n01443537.JPEG"])
    #expect(
      flat.contains("but holds pictures of several classes, n01440764 and n01443537. What is expected is a tar of"))
    let validation = try message(ofTar: "ILSVRC2012_img_val.tar", ["ILSVRC2012_val_00000001.JPEG"])
    #expect(validation.contains("but holds the picture ILSVRC2012_val_00000001.JPEG, whose class is not told"))
  }

  @Test("the archive of a class may have folders in it")
  func foldersInClass() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenetTars.make(in: files)
      let program = """
        import sys, tarfile
        with tarfile.open(sys.argv[1]) as old, tarfile.open(sys.argv[2], "w") as new:
            for number, entry in enumerate(old):
                entry.name = f"n90000001/part{number % 2}/{entry.name}"
                new.addfile(entry, old.extractfile(entry))
        """
      let nested = folder.appending(path: "n90000001.tar")
      _ = try Python.run(program: program, arguments: [files.appending(path: "n90000001.tar").path, nested.path])
      #expect(try ImageNet.open([nested.path]).readAll().map(\.images.count) == [12])
    }
  }
}
