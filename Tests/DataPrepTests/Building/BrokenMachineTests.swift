import Foundation
import TestSupport
import Testing

/// Builds on a machine where something is closed, stalled, full, or read-only.
@Suite struct BrokenMachineTests {
  @Test(
    "a build makes the same files where nobody can be told of it: standard error is full, or closed",
    arguments: ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
  func unusableErrors(redirection: String) throws {
    try withTemporaryFolder { folder in
      let (files, output) = (folder.appending(path: "source"), folder.appending(path: "set"))
      try SmallSource.folder.make(in: files)
      let result = try ToolProcess(
        "dataprep", SmallBuild.arguments(.folder, files, to: output), redirection: redirection
      ).wait()
      // The summary is a result like any other: where it cannot be printed, the exit code says so.
      #expect(result.exitCode == (redirection.contains(" >&-") ? 74 : 0))
      #expect(result.output.contains("48 images") || redirection.contains(" >&-"), "\(result)")
      let told = folder.appending(path: "told")
      #expect(try SmallBuild.run(.folder, files, to: told).exitCode == 0)
      #expect(try SmallBuild.digests(output) == SmallBuild.digests(told))
    }
  }

  @Test("a closed standard input is said to be closed")
  func closedInput() throws {
    try withTemporaryFolder { folder in
      let arguments = SmallBuild.arguments(.imagenetPipe, folder, to: folder.appending(path: "set"))
      let result = try ToolProcess("dataprep", arguments, redirection: "<&-").wait()
      #expect(result.exitCode == 66)
      #expect(result.errors.hasPrefix("dataprep: -: standard input is closed"), "\(result.errors)")
    }
  }

  @Test("an error of a build is said although its pipe brings nothing more")
  func stalledPipe() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenetTars.make(in: files)
      let twice = """
        import sys, tarfile
        with tarfile.open(sys.argv[1], "w") as tar:
            for _ in range(2): tar.add(sys.argv[2], "n1.tar")
        """
      let archive = try #require(try SmallSource.files(files).first { $0.pathExtension == "tar" })
      let tar = files.appending(path: "all.tar")
      _ = try Python.run(program: twice, arguments: [tar.path, archive.path])
      let pipe = Pipe()
      let output = folder.appending(path: "set")
      let build = try ToolProcess(
        "dataprep", SmallBuild.arguments(.imagenetPipe, files, to: output), input: pipe.fileHandleForReading)
      // All but the zeros at the end: the reader waits for these.
      let bytes = try Data(contentsOf: tar)
      let end = (bytes.lastIndex { $0 != 0 } ?? 0) / 512 * 512
      try pipe.fileHandleForWriting.write(contentsOf: bytes.prefix(end))
      let result = try build.wait(seconds: 30)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("there are two classes n1"))
      try pipe.fileHandleForWriting.close()
    }
  }

  @Test(
    "a disk without room for the estimate is refused before anything is read",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func noRoom() throws {
    try withTemporaryFolder { folder in
      try SmallSource.cifar10.make(in: folder, classes: 10)
      try SmallDisk.with(kibibytes: 1000) { disk in
        let result = try SmallBuild.run(.cifar10, folder, to: disk.appending(path: "set"))
        #expect(result.exitCode == 74)
        #expect(result.errors.contains("no space left on the disk: about 720 images take 5 MiB, and 0 MiB are free"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
      }
    }
  }

  @Test(
    "a disk that becomes full on the way keeps finished shards, and with room the build goes on to the same files",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func fullDisk() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenetPipe.make(in: files, classes: 30, images: 120)
      let tar = URL(filePath: SmallSource.imagenetPipe.input(files))
      func run(_ output: URL) throws -> ProcessResult {
        let input = try FileHandle(forReadingFrom: tar)
        return try SmallBuild.run(.imagenetPipe, files, to: output, ["--shard-mib", "1"], input: input)
      }
      #expect(try run(folder.appending(path: "set")).exitCode == 0)
      try SmallDisk.with(kibibytes: 28 << 10) { disk in
        let full = try run(disk.appending(path: "set"))
        #expect(full.exitCode == 74)
        #expect(full.errors.contains("no space left on the disk"), "\(full.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["set.partial"])
        try SmallDisk.remount(disk, "size=64m")
        let again = try run(disk.appending(path: "set"))
        #expect(again.exitCode == 0, "\(again.errors)")
        #expect(again.errors.contains("goes on after "))
        #expect(
          try SmallBuild.digests(disk.appending(path: "set")) == SmallBuild.digests(folder.appending(path: "set")))
      }
    }
  }

  @Test(
    "an output in a folder that cannot be written is refused by its name",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func unwritable() throws {
    try withTemporaryFolder { folder in
      try SmallSource.imagenetFolders.make(in: folder.appending(path: "source"))
      try SmallDisk.with(kibibytes: 4000) { disk in
        try SmallDisk.remount(disk, "ro")
        let output = disk.appending(path: "set")
        let result = try SmallBuild.run(.imagenetFolders, folder.appending(path: "source"), to: output)
        #expect(result.exitCode == 73)
        #expect(result.errors.contains("\(output.path).partial: cannot be made: Read-only file system"))
      }
    }
  }
}
