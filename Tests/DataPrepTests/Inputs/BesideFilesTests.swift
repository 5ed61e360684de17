import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

/// What lies beside the files of MNIST and CIFAR is counted and named, and a file that is there twice and not the same, or
/// only in part, is refused.
@Suite struct BesideFilesTests {
  private static let sources: [SmallSource] = [.mnist, .cifar10, .cifar100]

  /// One of the source's files, and the ending before which a browser puts its mark.
  private func file(_ source: SmallSource) -> (stem: String, ending: String) {
    switch source {
    case .mnist: ("train-images-idx3-ubyte", ".gz")
    case .cifar10: ("data_batch_1", ".bin")
    default: ("train", ".bin")
    }
  }

  @Test("they are named at the end, by info and in the manifest", arguments: sources)
  func named(source: SmallSource) throws {
    try InputFiles.with(source) { files, output in
      let (stem, ending) = file(source)
      let copies = ["\(stem) (1)\(ending)", "\(stem)(1)\(ending)", "\(stem) copy\(ending)", "\(stem)\(ending).1"]
      for name in copies { try InputFiles.copy(files, stem + ending, name) }
      for name in ["foo.webp", "notes", ".hidden", "\(stem)\(ending).part", "readme.html", "batches.meta.txt"] {
        try Data([1]).write(to: files.appending(path: name))
      }
      try FileManager.default.createDirectory(
        at: files.appending(path: "older"), withIntermediateDirectories: false)
      let result = try SmallBuild.run(source, files, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.errors.contains("9 left out of the input: "), "\(result.errors)")
      let found = Dictionary(
        uniqueKeysWithValues: (try Manifest(in: output).leftOut ?? []).map { ($0.reason, $0.names.sorted()) })
      #expect(
        found == [
          LeftOut.copy: copies.sorted(), "a WebP picture, which is not read": ["foo.webp"],
          "a file that is none of the data set's": ["notes"], LeftOut.hidden: [".hidden"],
          "the unfinished download of a file": ["\(stem)\(ending).part"], LeftOut.otherFolder: ["older"],
        ])
      let info = try ToolProcess.run("dataprep", ["info", output.path])
      #expect(info.output.contains("9 left out of the input"))
    }
  }

  @Test("a copy that is not the same is refused: one of the two is wrong", arguments: sources)
  func different(source: SmallSource) throws {
    let (stem, ending) = file(source)
    for name in [
      "\(stem) (1)\(ending)", "\(stem) copy\(ending)", "\(stem) (another copy)\(ending)", "Copy of \(stem)\(ending)",
    ] {
      try InputFiles.with(source) { files, _ in
        let other = source == .mnist ? "t10k-images-idx3-ubyte.gz" : source == .cifar10 ? "test_batch.bin" : "test.bin"
        try InputFiles.copy(files, other, name)
        let error = #expect(throws: DataPrepError.self) { try source.open(files) }
        #expect(error?.description.contains("holds \(name) and \(stem)\(ending), which are not the same") == true)
        #expect(error?.exitCode == .data)
      }
    }
  }

  @Test("a file of which there is only a part, or a copy, is refused by the name of that", arguments: sources)
  func onlyPart(source: SmallSource) throws {
    let (stem, ending) = file(source)
    for (name, phrase) in [
      ("\(stem)\(ending).part", "no such file, only the unfinished download"),
      ("\(stem)\(ending).crdownload", "no such file, only the unfinished download"),
      ("\(stem) (1)\(ending)", "which is called a copy of it: rename that"),
    ] {
      try InputFiles.with(source) { files, _ in
        try InputFiles.rename(files, stem + ending, name)
        let error = #expect(throws: DataPrepError.self) { try source.open(files) }
        #expect(
          error?.description.contains(phrase) == true && error?.description.contains(name) == true, "\(error as Any)")
        #expect(error?.exitCode == .noInput)
      }
    }
    try InputFiles.with(source) { files, _ in
      try Data([1]).write(to: files.appending(path: "\(stem)\(ending).aria2"))
      let error = #expect(throws: DataPrepError.self) { try source.open(files) }
      #expect(error?.description.contains("so that \(stem)\(ending) is not fetched to its end") == true)
    }
  }

  @Test("MNIST's files may be there plain and compressed, with a dash and a dot, if they are the same")
  func otherForms() throws {
    try InputFiles.with(.mnist) { files, _ in
      try SmallMNIST().write(to: files, plain: true)
      try InputFiles.copy(files, "t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte")
      try InputFiles.copy(files, "t10k-labels-idx1-ubyte", "t10k-labels - Copy.idx1-ubyte")
      let leftOut = try SmallSource.mnist.open(files).leftOut()
      #expect(leftOut.count == 6 && leftOut.allSatisfy { $0.reason == LeftOut.copy }, "\(leftOut)")
      try Data([0, 0, 8, 1]).write(to: files.appending(path: "t10k-labels-idx1-ubyte"))
      #expect(throws: DataPrepError.self) { try SmallSource.mnist.open(files) }
    }
  }

  @Test("what lies in a folder of a file's own name, beside that file, is named with the folder")
  func ownFolder() throws {
    try InputFiles.with(.mnist) { files, _ in
      let name = "train-images-idx3-ubyte.gz"
      try InputFiles.rename(files, name, "x")
      try FileManager.default.createDirectory(at: files.appending(path: name), withIntermediateDirectories: false)
      try InputFiles.rename(files, "x", "\(name)/\(name)")
      try Data([1]).write(to: files.appending(path: "\(name)/x.webp"))
      #expect(try SmallSource.mnist.open(files).leftOut().map(\.name) == ["\(name)/x.webp"])
    }
  }

  @Test("one of MNIST's files in the place of their folder names the folder", arguments: [true, false])
  func fileForFolder(plain: Bool) throws {
    try withTemporaryFolder { files in
      try SmallMNIST().write(to: files, plain: plain)
      for file in try SmallSource.files(files) {
        let error = #expect(throws: DataPrepError.self) { try MNIST.open(in: file.path, size: 28, scratch: files) }
        #expect(error?.description.contains("what is expected is their folder: give \(files.path)") == true)
        #expect(error?.description.contains("gunzip") == false)
      }
    }
  }
}
