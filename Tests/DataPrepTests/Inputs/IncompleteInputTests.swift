import Foundation
import TestSupport
import Testing

/// A class or batch that is there twice, or is missing, or was not fetched to its end, is refused.
@Suite struct IncompleteInputTests {
  @Test(
    "what is called a copy of a class that is there is refused, before anything is read",
    arguments: [
      (SmallSource.imagenetTars, "n90000001.tar", "n90000001 (1).tar"),
      (.imagenetTars, "n90000001.tar", "n90000001 - Copy (2).tar"), (.folder, "class 1", "class 1 (2)"),
    ])
  func copiedClass(source: SmallSource, name: String, copied: String) throws {
    try InputFiles.with(source) { files, output in
      try InputFiles.copy(files, name, copied)
      let result = try SmallBuild.run(source, files, to: output)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("is called a copy of class"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: output.path + ".partial"))
    }
  }

  @Test("a batch that is there twice is refused by its images, whatever its name")
  func copiedBatch() throws {
    for name in ["train_data_batch_x.npz", "another.npz"] {
      try InputFiles.with(.imagenet32) { files, output in
        try InputFiles.copy(files, "train_data_batch_2.npz", name)
        let result = try SmallBuild.run(.imagenet32, files, to: output)
        #expect(result.exitCode == 65)
        #expect(result.errors.contains("has the images of"), "\(result.errors)")
      }
    }
    try InputFiles.with(.cifar10) { files, output in
      try FileManager.default.removeItem(at: files.appending(path: "data_batch_4.bin"))
      try InputFiles.copy(files, "data_batch_1.bin", "data_batch_4.bin")
      #expect(try SmallBuild.run(.cifar10, files, to: output).errors.contains("has the images of"))
    }
  }

  @Test("a batch that is missing between others is refused; the files that are there may be given themselves")
  func missingBatch() throws {
    try InputFiles.with(.imagenet32) { files, output in
      try InputFiles.rename(files, "train_data_batch_7.npz", "train_data_batch_7.npz.part")
      let unfinished = try SmallBuild.run(.imagenet32, files, to: output)
      #expect(unfinished.exitCode == 65)
      #expect(unfinished.errors.contains("train_data_batch_7.npz.part, an unfinished download of a batch"))
      try InputFiles.rename(files, "train_data_batch_7.npz.part", "train_data_batch_7")
      let other = try SmallBuild.run(.imagenet32, files, to: output)
      #expect(other.exitCode == 65)
      #expect(
        other.errors.contains("but no train_data_batch_7.npz, only train_data_batch_7: fetch what is missing"),
        "\(other.errors)")
      let given = ["train_data_batch_10.npz", "train_data_batch_2.npz"].map { files.appending(path: $0).path }
      let result = try ToolProcess.run(
        "dataprep",
        ["build", "shards"] + SmallSource.imagenet32.options + ["--output", output.path, "--input"] + given)
      #expect(result.exitCode == 0, "\(result.errors)")
    }
  }

  @Test("zeros where the end of an archive was not fetched are found, few as they are")
  func unfetchedEnd() throws {
    try InputFiles.with(.imagenetTars) { files, output in
      let file = files.appending(path: "n90000002.tar")
      let whole = try Data(contentsOf: file)
      let end = try #require(whole.lastIndex { $0 != 0 }) + 1
      // A piece of a picture, all of it, several: within what tar's own padding can have, and beyond.
      for missing in [100, 700, 2000, 9000, 16_000] {
        try (whole.prefix(end - missing) + Data(count: whole.count - end + missing)).write(to: file)
        let result = try SmallBuild.run(.imagenetTars, files, to: output)
        #expect(result.exitCode == 65, "\(missing)")
        #expect(result.errors.contains("fetch it again"), "\(result.errors)")
      }
    }
    try InputFiles.with(.cifar10) { files, output in
      let file = files.appending(path: "data_batch_5.bin")
      let whole = try Data(contentsOf: file)
      try (whole.dropLast(5000) + Data(count: 5000)).write(to: file)
      let result = try SmallBuild.run(.cifar10, files, to: output)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("is nothing but zeros: it is incomplete, fetch it again"), "\(result.errors)")
    }
  }
}
