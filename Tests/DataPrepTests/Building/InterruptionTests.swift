import Foundation
import Randomness
import Shards
import TestSupport
import Testing

@Suite struct InterruptionTests {
  private static let kills = ProcessInfo.processInfo.environment["LOPT_LONG"] == nil ? 3 : 20

  /// Runs `body` with a source of shards enough for a build to be met in the middle, and the digests of an
  /// uninterrupted one's files.
  private func with(
    _ source: SmallSource, _ body: (_ files: URL, _ output: URL, _ whole: [String: String]) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files, classes: 30, images: source == .cifar100 ? 3000 : 120)
      let whole = folder.appending(path: "whole")
      let result = try SmallBuild.run(source, files, to: whole, ["--shard-mib", "1"])
      #expect(result.exitCode == 0, "\(result.errors)")
      try body(files, folder.appending(path: "set"), SmallBuild.digests(whole))
    }
  }

  /// Whether a build was killed when there was nothing left to do.
  private static func isFinished(_ output: URL) -> Bool {
    let names = try? FileManager.default.contentsOfDirectory(atPath: output.path)
    return names.map { !$0.contains("build.json") } ?? false
  }

  @Test(
    "killed at random moments and started again, a build gives the files of an uninterrupted one",
    arguments: [SmallSource.imagenetTar, .cifar100])
  func killed(source: SmallSource) throws {
    try with(source) { files, output, whole in
      let partial = output.appendingPathExtension("partial")
      var random = RandomStream(seed: 11, purpose: .test)
      var resumed = 0
      for kill in 0..<Self.kills {
        var shards = 0
        // Each round is one build that is killed three times at most.
        for attempt in 0..<4 {
          let threads = ["--shard-mib", "1", "--threads", "\(1 + random.below(3))"]
          let process = try ToolProcess("dataprep", SmallBuild.arguments(source, files, to: output, threads))
          if attempt < 3 {
            let target = shards + random.below(4)
            let pause = UInt32(random.below(30_000))
            try process.wait { _ in
              !process.isRunning
                || FileManager.default.fileExists(
                  atPath: partial.appending(path: String(format: "shard-%05d.lmdb", target)).path)
            }
            usleep(pause)
            process.send(SIGKILL)
          }
          let result = try process.wait()
          if result.errors.contains("goes on after") { resumed += 1 }
          if result.exitCode == 0 || Self.isFinished(output) { break }
          #expect(attempt < 3, "\(result.errors)")
          shards = (try? FileManager.default.contentsOfDirectory(atPath: partial.path).count) ?? 0
        }
        #expect(try SmallBuild.digests(output) == whole, "round \(kill)")
        try FileManager.default.removeItem(at: output)
      }
      #expect(resumed > 0)
    }
  }

  /// A tar whose first file was changed at another time.
  private static func withOtherTime(_ tar: Data) -> Data {
    var tar = tar
    tar[146] ^= 1
    // The checksum: the sum of the header's bytes, with spaces in its own place.
    tar.replaceSubrange(148..<156, with: Data(repeating: 32, count: 8))
    let sum = String(tar[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
    tar.replaceSubrange(148..<155, with: Data((String(repeating: "0", count: 6 - sum.count) + sum + "\0").utf8))
    return tar
  }

  @Test("a build that goes on says after what; other arguments are refused by name until --restart")
  func otherArguments() throws {
    try with(.imagenetTar) { files, output, whole in
      let tar = SmallSource.imagenetTar.input(files)
      let cut = files.appending(path: "cut.tar")
      try Data(contentsOf: URL(filePath: tar)).dropLast(50_000).write(to: cut)
      let input = try FileHandle(forReadingFrom: cut)
      let early = try SmallBuild.run(.imagenetPipe, files, to: output, ["--shard-mib", "1"], input: input)
      #expect(early.exitCode == 65)
      #expect(early.errors.contains("ends at byte \(try Data(contentsOf: cut).count)"))
      #expect(!FileManager.default.fileExists(atPath: output.path))
      let other = try SmallBuild.run(.imagenetPipe, files, to: output, ["--shard-mib", "1", "--filter", "lanczos"])
      #expect(other.exitCode == 73)
      #expect(other.errors.contains("was begun with --filter box, and now it is lanczos"))
      let grey = try SmallBuild.run(.imagenetPipe, files, to: output, ["--shard-mib", "1", "--grey"])
      #expect(grey.exitCode == 73)
      #expect(grey.errors.contains("was begun with --grey left out, and now it is given"))
      let changed = files.appending(path: "changed.tar")
      try Self.withOtherTime(Data(contentsOf: URL(filePath: tar))).write(to: changed)
      let mixed = try SmallBuild.run(
        .imagenetPipe, files, to: output, ["--shard-mib", "1"], input: FileHandle(forReadingFrom: changed))
      #expect(mixed.exitCode == 65)
      #expect(mixed.errors.contains(/class 1 is \S+ of an archive of \d+ bytes, changed at/), "\(mixed.errors)")
      let whole = try FileHandle(forReadingFrom: URL(filePath: tar))
      let again = try SmallBuild.run(.imagenetPipe, files, to: output, ["--shard-mib", "1"], input: whole)
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(again.errors.contains("goes on after "))
    }
    try with(.imagenetTar) { files, output, whole in
      let partial = output.appendingPathExtension("partial")
      let first = try ToolProcess(
        "dataprep", SmallBuild.arguments(.imagenetTar, files, to: output, ["--shard-mib", "2"]))
      try first.wait { _ in FileManager.default.fileExists(atPath: partial.appending(path: "shard-00002.lmdb").path) }
      first.send(SIGKILL)
      _ = try first.wait()
      let restarted = try SmallBuild.run(.imagenetTar, files, to: output, ["--shard-mib", "1", "--restart"])
      #expect(restarted.exitCode == 0, "\(restarted.errors)")
      #expect(try SmallBuild.digests(output) == whole)
    }
  }

  @Test("a class that was not reached may be mended, and the build goes on; one that was finished may not be changed")
  func mended() throws {
    try with(.imagenetTars) { files, output, whole in
      let archive = files.appending(path: "n90000020.tar")
      let good = try Data(contentsOf: archive)
      var damaged = good
      damaged.resetBytes(in: 20 << 10..<100 << 10)
      try damaged.write(to: archive)
      let finished = files.appending(path: "n90000001.tar")
      func change(at seconds: TimeInterval) throws {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: finished.path)
      }
      try change(at: 6)
      let options = ["--shard-mib", "1"]
      let stopped = try SmallBuild.run(.imagenetTars, files, to: output, options)
      #expect(stopped.exitCode == 65)
      #expect(
        stopped.errors.contains("n90000020.tar: the archive of class n90000020 goes on at byte"),
        "\(stopped.errors)")
      let removed = files.appending(path: "n90000025.tar")
      try FileManager.default.moveItem(at: removed, to: files.appending(path: "n90000025.old"))
      let fewer = try SmallBuild.run(.imagenetTars, files, to: output, options)
      #expect(fewer.exitCode == 73)
      #expect(fewer.errors.contains("was a folder of 30 classes, SHA-256 of their names"), "\(fewer.errors)")
      try FileManager.default.moveItem(at: files.appending(path: "n90000025.old"), to: removed)
      try change(at: 7)
      try good.write(to: archive)
      let changed = try SmallBuild.run(.imagenetTars, files, to: output, options)
      #expect(changed.exitCode == 65)
      #expect(
        changed.errors.contains("class 2 is n90000001 of \(try Data(contentsOf: finished).count) bytes, changed at 7."))
      try change(at: 6)
      let again = try SmallBuild.run(.imagenetTars, files, to: output, options)
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(again.errors.contains("goes on after "))
      #expect(try SmallBuild.digests(output) == whole)
    }
  }

  @Test("a wrong list of classes that shows at a stream's end is corrected without losing the images")
  func correctedSplits() throws {
    try with(.imagenetTar) { files, output, whole in
      let list = files.appending(path: "list.txt")
      func build(_ last: Int, _ options: String...) throws -> ProcessResult {
        try Data((10...last).map { "n900000\($0)\n" }.joined().utf8).write(to: list)
        let input = try FileHandle(forReadingFrom: URL(filePath: SmallSource.imagenetTar.input(files)))
        return try SmallBuild.run(
          .imagenetPipe, files, to: output, ["--shard-mib", "1", "--held-out-list", list.path] + options, input: input)
      }
      let wrong = try build(30)
      #expect(wrong.exitCode == 64)
      #expect(wrong.errors.contains("n90000030 is to be held out, but no class has this id"))
      #expect(wrong.errors.contains("all images are in finished shards: give other splits, with --change-splits"))
      let unasked = try build(21)
      #expect(unasked.exitCode == 73)
      #expect(unasked.errors.contains("was begun with --held-out-list of SHA-256"), "\(unasked.errors)")
      #expect(unasked.errors.contains("goes on where --change-splits is given"))
      let corrected = try build(21, "--change-splits")
      #expect(corrected.exitCode == 0, "\(corrected.errors)")
      #expect(corrected.errors.contains("30 classes, 3600 images"))
      #expect(try Manifest(in: output).positions(in: .heldOut) == Array(10...21))
      let shards = { (files: [String: String]) in files.filter { $0.key.hasPrefix("shard-") } }
      #expect(try shards(SmallBuild.digests(output)) == shards(whole))
    }
  }

  @Test("a second build of the same folder is refused while the first runs, and the first goes on")
  func second() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenetPipe.make(in: files)
      let output = folder.appending(path: "set")
      let pipe = Pipe()
      let arguments = SmallBuild.arguments(.imagenetPipe, files, to: output)
      let first = try ToolProcess("dataprep", arguments, input: pipe.fileHandleForReading)
      let journal = output.appendingPathExtension("partial").appending(path: "build.json")
      try first.wait { _ in FileManager.default.fileExists(atPath: journal.path) }
      let second = try SmallBuild.run(.imagenetPipe, files, to: output)
      #expect(second.exitCode == 75)
      #expect(second.errors.contains("another process is making this"))
      try pipe.fileHandleForWriting.write(
        contentsOf: Data(contentsOf: URL(filePath: SmallSource.imagenetTar.input(files))))
      try pipe.fileHandleForWriting.close()
      let result = try first.wait()
      #expect(result.exitCode == 0, "\(result.errors)")
    }
  }
}
