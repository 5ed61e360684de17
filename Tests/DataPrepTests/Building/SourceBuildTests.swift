import Foundation
import Shards
import TestSupport
import Testing

@Suite struct SourceBuildTests {
  private func with(_ source: SmallSource, classes: Int = 4, _ body: (_ files: URL, _ output: URL) throws -> Void)
    throws
  {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files, classes: classes)
      try body(files, folder.appending(path: "set"))
    }
  }

  @Test(
    "Python finds every image of the source where the format says, within 1 of Pillow's or the same",
    arguments: SmallSource.allCases.filter { $0 != .mnist && $0 != .imagenetPipe })
  func python(source: SmallSource) throws {
    try with(source) { files, output in
      let decoding = source.isOfFiles ? ["--decode", "full", "--max-skipped", "0"] : []
      let result = try SmallBuild.run(source, files, to: output, decoding)
      #expect(result.exitCode == 0, "\(result.errors)")
      let script = Repository.root.appending(path: "Tools/Readers/compare_source.py")
      let report = try Python.run(script: script, arguments: [output.path, source.rawValue, files.path])
      #expect(report == "\(try Manifest(in: output).imageCount) images agree\n")
      let verified = try ToolProcess.run("dataprep", ["verify", output.path])
      #expect(verified.exitCode == 0, "\(verified.errors)")
    }
  }

  @Test("standard input gives the shards that the file gives")
  func standardInput() throws {
    try with(.imagenetTar) { files, output in
      let piped = output.deletingLastPathComponent().appending(path: "piped")
      let pipe = Pipe()
      let feeder = Process()
      feeder.executableURL = URL(filePath: "/bin/cat")
      feeder.arguments = [SmallSource.imagenetTar.input(files)]
      feeder.standardOutput = pipe
      try feeder.run()
      let fromPipe = try SmallBuild.run(.imagenetPipe, files, to: piped, input: pipe.fileHandleForReading)
      #expect(fromPipe.exitCode == 0, "\(fromPipe.errors)")
      #expect(try SmallBuild.run(.imagenetTar, files, to: output).exitCode == 0)
      let (first, second) = (try Manifest(in: output), try Manifest(in: piped))
      #expect(first.shards == second.shards)
      #expect(first.classes == second.classes)
      #expect(second.source.files.map(\.name) == ["-"])
    }
  }

  @Test("one thread and three give the same bytes", arguments: [SmallSource.imagenetTar, .folder, .imagenet32])
  func threads(source: SmallSource) throws {
    try with(source) { files, output in
      let other = output.deletingLastPathComponent().appending(path: "other")
      let (one, three) = (
        try SmallBuild.run(source, files, to: output, ["--threads", "1"]),
        try SmallBuild.run(source, files, to: other, ["--threads", "3"])
      )
      #expect(one.exitCode == 0 && three.exitCode == 0, "\(one.errors)\(three.errors)")
      #expect(try SmallBuild.digests(output) == SmallBuild.digests(other))
    }
  }

  @Test("the classes are split by the numbers that are given, and the means are those of the classes to train on")
  func splits() throws {
    try with(.imagenetFolders, classes: 35) { files, output in
      let options = ["--held-out", "12", "--outer-validation", "10", "--split-seed", "3", "--validation", "0.25"]
      #expect(try SmallBuild.run(.imagenetFolders, files, to: output, options).exitCode == 0)
      let manifest = try Manifest(in: output)
      #expect([ClassSplit.heldOut, .outerValidation, .train].map(manifest.classCount) == [12, 10, 13])
      #expect(manifest.classes.allSatisfy { $0.count == 12 && $0.validation == 3 })
      let program = """
        import json, lmdb, numpy, struct, sys
        manifest = json.load(open(sys.argv[1] + "/manifest.json"))
        images = []
        with lmdb.open(sys.argv[1] + "/shard-00000.lmdb", subdir=False, readonly=True, lock=False).begin() as shard:
            for position, entry in enumerate(manifest["classes"]):
                for index in range(entry["count"] - entry["validation"]) if entry["split"] == "train" else []:
                    images.append(numpy.frombuffer(shard.get(struct.pack(">HI", position, index)), numpy.uint8))
        images = numpy.stack(images).reshape(-1, 3).astype(float)
        for channel, mean, deviation in zip(manifest["channels"], images.mean(0), images.std(0)):
            assert abs(channel["mean"] - mean) < 1e-9
            assert abs(channel["standard_deviation"] - deviation) < 1e-9
        print(len(images))
        """
      let pixels = try Python.run(program: program, arguments: [output.path])
      #expect(pixels == "\(13 * 9 * 32 * 32)\n")
    }
  }

  @Test("a list says which classes are held out; without --classes their ids are not WordNet's")
  func heldOutList() throws {
    try with(.imagenet32, classes: 30) { files, output in
      let folder = output.deletingLastPathComponent()
      let (classes, list) = (folder.appending(path: "classes.txt"), folder.appending(path: "list.txt"))
      let wnids = (1...30).map { String(format: "n%08d", 100 - $0) }
      let lines = wnids.enumerated().map {
        $0.isMultiple(of: 2) ? "\($0 + 1) \($1) thing_\($0)" : "\($1) \($0 + 1) thing_\($0)"
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: classes)
      try Data(wnids[5..<17].joined(separator: "\n").utf8).write(to: list)
      let refused = try SmallBuild.run(.imagenet32, files, to: output, ["--held-out-list", list.path])
      #expect(refused.exitCode == 64)
      #expect(refused.errors.contains("\(wnids[5]) is to be held out, but no class has this id"))
      let options = ["--held-out-list", list.path, "--classes", classes.path]
      let result = try SmallBuild.run(.imagenet32, files, to: output, options)
      #expect(result.exitCode == 0, "\(result.errors)")
      let manifest = try Manifest(in: output)
      #expect(manifest.classes.map(\.id) == wnids)
      #expect(manifest.classes.map(\.name) == (0..<30).map { "thing_\($0)" })
      #expect(manifest.positions(in: .heldOut) == Array(5..<17))
    }
  }

  @Test("--names gives classes their names, and one that it does not know keeps its id")
  func names() throws {
    try with(.imagenetTars) { files, output in
      let names = output.deletingLastPathComponent().appending(path: "names.txt")
      try Data("n90000001 tench, Tinca tinca\nn90000003 goldfish\n".utf8).write(to: names)
      #expect(try SmallBuild.run(.imagenetTars, files, to: output, ["--names", names.path]).exitCode == 0)
      let found = try Manifest(in: output).classes.map(\.name)
      #expect(found == ["n90000000", "tench, Tinca tinca", "n90000002", "goldfish"])
    }
  }

  @Test(
    "a source with validation images of its own takes no --validation", arguments: [SmallSource.cifar10, .imagenet32])
  func ownValidation(source: SmallSource) throws {
    try with(source) { files, output in
      let result = try SmallBuild.run(source, files, to: output, ["--validation", "0.2"])
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("has validation images of its own: leave out --validation"))
    }
  }

  @Test("downsampled images of another size are refused with the size to give")
  func otherSize() throws {
    try with(.imagenet32) { files, output in
      let result = try ToolProcess.run(
        "dataprep",
        ["build", "shards", "--source", "imagenet32", "--input", files.path, "--size", "16", "--output", output.path])
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("its images are 32×32: give --size 32"))
    }
  }

  @Test("a shard ends with the class with which it reaches --shard-mib")
  func shards() throws {
    try with(.cifar10, classes: 10) { files, output in
      #expect(try SmallBuild.run(.cifar10, files, to: output, ["--shard-mib", "1"]).exitCode == 0)
      let manifest = try Manifest(in: output)
      // 72 images a class of 3 KiB: five classes reach 1 MiB.
      #expect(manifest.classes.map(\.shard) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    }
  }
}
