import Files
import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// What browsers and file managers call a second copy is known as one, where the first is there too.
@Suite struct CopiedNameTests {
  @Test(
    "a copy is told by its name",
    arguments: [
      "cat (1)", "cat(1)", "cat_(12)", "cat - Copy", "cat - Copy (2)", "cat - Kopie", "cat copy", "cat copy 2",
      "cat Copy",
      "cat_copy", "cat_copy2", "cat-copy", "cat (copy)", "cat (another copy)", "cat (3rd copy)", "cat (21st copy)",
      "cat (copy 2)", "cat (Kopie)", "Copy of cat", "Copy (2) of cat", "cat copy(1)", "cat - Copy - Copy",
      "cat copy copy 2",
    ])
  func copies(name: String) {
    #expect(CopiedName.originals(of: name).contains("cat"), "\(CopiedName.originals(of: name))")
  }

  @Test(
    "another name is none",
    arguments: [
      "cat", "photocopy", "copy", "copycat", "(1)", " (1)", "copy 2", "cat (black)", "cat (black copy)", "cat ()",
      "cat 2",
      "cat-2", "cat2", "class 1", "Copy of ", "of cat", "a copy machine", "", "()", ")",
    ])
  func others(name: String) { #expect(CopiedName.originals(of: name).isEmpty, "\(CopiedName.originals(of: name))") }

  @Test("a number alone makes a copy of what is called by a WordNet id, which has none itself")
  func numbered() {
    for name in ["n01440764 2", "n01440764-1", "n01440764_1", "n01440764.1"] {
      #expect(CopiedName.originals(of: name) == ["n01440764"])
    }
  }

  @Test(
    "the mark stands before the endings of a file or behind them",
    arguments: [
      "batch_1 (1).bin", "batch_1(1).bin", "batch_1 copy.bin", "batch_1.bin (1)", "batch_1.bin.1", "batch_1_copy.bin",
      "Copy of batch_1.bin", "batch_1 - Copy (2).bin", "batch_1 2.bin", "batch_1.bin copy",
    ])
  func files(name: String) {
    let originals = CopiedName.originals(ofFile: name) { $0 == "batch_1.bin" }
    #expect(originals.contains("batch_1.bin"), "\(originals)")
    #expect(CopiedName.originals(ofFile: "batch_1.bin") { $0 == "batch_1.bin" }.isEmpty)
  }

  @Test("a long name takes no long time", .timeLimit(.minutes(1)))
  func long() {
    #expect(CopiedName.originals(of: String(repeating: " ", count: 100_000) + "(1)").isEmpty)
    #expect(CopiedName.originals(of: "x" + String(repeating: "(1)", count: 80)).last == "x")
  }

  @Test(
    "a class and a copy of it are refused, whichever comes first",
    arguments: [
      "n90000001(1).tar", "n90000001 copy.tar", "n90000001 copy 2.tar", "n90000001_copy.tar", "n90000001 (copy).tar",
      "n90000001 2.tar", "n90000001-1.tar", "Copy of n90000001.tar",
    ])
  func archives(copied: String) throws {
    try InputFiles.with(.imagenetTars) { files, _ in
      try InputFiles.copy(files, "n90000001.tar", copied)
      let inputs = try SmallSource.files(files).map(\.path)
      for input in [[files.path], inputs, inputs.reversed()] {
        let error = #expect(throws: DataPrepError.self) { try ImageNet.open(input) }
        #expect(error?.description.contains("is called a copy of class n90000001: remove it") == true)
        #expect(error?.exitCode == .data)
      }
      // Without the first it is a class.
      try FileManager.default.removeItem(at: files.appending(path: "n90000001.tar"))
      #expect(try ImageNet.open([files.path]).classes?.count == 4)
    }
  }

  @Test(
    "so are folders",
    arguments: [
      "class 1(1)", "class 1 copy", "class 1 (copy)", "class 1 (another copy)", "class 1 (3rd copy)",
      "class 1 (copy 2)",
      "class 1 - Copy", "class 1 - Copy (2)", "class 1_copy",
    ])
  func folders(copied: String) throws {
    try InputFiles.with(.folder) { files, _ in
      try InputFiles.copy(files, "class 1", copied)
      let error = #expect(throws: DataPrepError.self) { try ClassFolders.open([files.path]) }
      #expect(error?.description.contains("\(copied) is called a copy of class class 1: remove it") == true)
      try FileManager.default.removeItem(at: files.appending(path: "class 1"))
      #expect(try ClassFolders.open([files.path]).classes?.count == 4)
    }
  }

  @Test("a copy of an archive in another form is left out as the other form is")
  func otherForm() throws {
    try InputFiles.with(.imagenetTars) { files, _ in
      for name in ["n90000001 (1).tar.gz", "n90000001.tar (1)", "n90000001 copy.zip"] {
        try InputFiles.copy(files, "n90000001.tar", name)
      }
      #expect(
        try ImageNet.open([files.path]).leftOut().map(\.reason) == .init(repeating: LeftOut.otherArchive, count: 3))
    }
  }

  @Test("a batch and what is called a copy of it are refused, whatever is in it")
  func batches() throws {
    for name in ["train_data_batch_1(1).npz", "train_data_batch_1 copy.npz", "train_data_batch_1_1.npz"] {
      try InputFiles.with(.imagenet32) { files, _ in
        try InputFiles.copy(files, "train_data_batch_2.npz", name)
        try FileManager.default.removeItem(at: files.appending(path: "train_data_batch_2.npz"))
        try InputFiles.copy(files, "train_data_batch_3.npz", "train_data_batch_2.npz")
        let error = #expect(throws: DataPrepError.self) { try SmallSource.imagenet32.open(files) }
        #expect(error?.description.contains("\(name) is called a copy of the batch train_data_batch_1.npz") == true)
      }
    }
    try InputFiles.with(.imagenet32) { files, _ in
      try InputFiles.rename(files, "train_data_batch_7.npz", "train_data_batch_7 (1).npz")
      let error = #expect(throws: DataPrepError.self) { try SmallSource.imagenet32.open(files) }
      #expect(error?.description.contains("no train_data_batch_7.npz, only train_data_batch_7 (1).npz") == true)
    }
  }
}

extension ImageSource {
  /// What it leaves out.
  func leftOut() throws -> [LeftOut] {
    var all: [LeftOut] = []
    _ = try read(after: 0) { if case .leftOut(let leftOut) = $0 { all.append(leftOut) } }
    return all
  }
}
