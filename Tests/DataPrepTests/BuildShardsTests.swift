import Foundation
import Shards
import TestSupport
import Testing

@Suite struct BuildShardsTests {
  @Test(
    "Python's lmdb finds the sample's every image where the format says, at any size as numpy and Pillow compute it",
    arguments: [4, 8, 13, 14, 27, 28])
  func python(size: Int) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "mnist")
      let result = try build(Repository.mnist, size: size, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("\(output.path): 12000 images of \(size)×\(size)×1, 10 classes, 1 shard(s), "))
      let script = Repository.root.appending(path: "Tools/Readers/compare_shards.py")
      let report = try Python.run(script: script, arguments: [output.path, Repository.mnist.path, "\(size)"])
      #expect(report == "12000 entries agree\n")
    }
  }

  @Test("plain and compressed files give the same shards, and so does a second build")
  func sameShards() throws {
    try withTemporaryFolder { folder in
      var shards: [[Manifest.Shard]] = []
      for (name, plain) in [("plain", true), ("gzip", false), ("again", false)] {
        let (input, output) = (folder.appending(path: name), folder.appending(path: name + ".out"))
        try FileManager.default.createDirectory(at: input, withIntermediateDirectories: false)
        try SmallMNIST().write(to: input, plain: plain)
        let result = try build(input, to: output)
        #expect(result.exitCode == 0, "\(result.errors)")
        shards.append(try Manifest(in: output).shards)
      }
      #expect(shards[0] == shards[1])
      #expect(shards[1] == shards[2])
    }
  }

  @Test("the manifest names the source's files and how images were made smaller")
  func provenance() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "mnist")
      try SmallMNIST().write(to: folder)
      _ = try build(folder, to: output)
      let manifest = try Manifest(in: output)
      let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
      #expect(manifest.source.name == "mnist")
      #expect(manifest.source.shape == Manifest.Shape(height: 28, width: 28, channels: 1))
      #expect(manifest.source.files.map(\.name) == names.map { $0 + "-ubyte.gz" })
      #expect(manifest.resampling == "mean of 2×2 pixels, (a+b+c+d+2)/4")
      #expect(manifest.classes.reduce(0) { $0 + $1.validation } == SmallMNIST.test)
    }
  }
}
