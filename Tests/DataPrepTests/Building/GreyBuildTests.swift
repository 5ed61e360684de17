import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

@Suite struct GreyBuildTests {
  @Test(
    "--grey gives every image one channel, which Pillow makes of the same image in colours",
    arguments: [SmallSource.imagenetTar, .folder, .imagenet32, .cifar10])
  func grey(source: SmallSource) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      let (colours, grey) = (folder.appending(path: "colours"), folder.appending(path: "grey"))
      for (output, options) in [(colours, []), (grey, ["--grey"])] {
        let result = try SmallBuild.run(source, files, to: output, options)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try ToolProcess.run("dataprep", ["verify", output.path]).exitCode == 0)
      }
      let (before, after) = (try Manifest(in: colours), try Manifest(in: grey))
      #expect(after.shape == Manifest.Shape(height: 32, width: 32, channels: 1) && after.channels.count == 1)
      #expect(after.resampling == before.resampling + ", then grey")
      #expect(after.source == before.source && after.classes.map(\.id) == before.classes.map(\.id))
      let program = """
        import sys, lmdb
        from PIL import Image
        shards = [lmdb.open(f"{path}/shard-00000.lmdb", subdir=False, readonly=True, lock=False) for path in sys.argv[1:]]
        with shards[0].begin() as colours, shards[1].begin() as grey:
            pairs = list(zip(colours.cursor(), grey.cursor(), strict=True))
        for (key, colour), (other, value) in pairs:
            assert key == other and Image.frombytes("RGB", (32, 32), colour).convert("L").tobytes() == value, key
        print(len(pairs))
        """
      #expect(try Python.run(program: program, arguments: [colours.path, grey.path]) == "\(after.imageCount)\n")
    }
  }

  @Test("what is grey already keeps its values")
  func kept() {
    #expect(GreyPixels.of((0...255).flatMap { [$0, $0, $0] }) == Array(0...255))
    #expect(GreyPixels.of([]).isEmpty)
  }
}
