import ArgumentParser
import Foundation
import Shards

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a dataset of 32×32×3 noise, the same on every run; all classes are to train on.",
    discussion: "An image takes 4 KiB on the disk: 2,020 classes of 1,300 are 10 GiB.")

  @Argument(help: "The folder to write.", completion: .directory)
  var output: String

  @Option(help: "How many classes.")
  var classes = 10

  @Option(help: "How many images a class has; a tenth of them are for validation.")
  var perClass = 1300

  func run() throws {
    let shape = Manifest.Shape(height: 32, width: 32, channels: 3)
    let identity = BuildIdentity(
      toolVersion: "stream-bench", arguments: ["--classes": "\(classes)", "--per-class": "\(perClass)"], inputs: [:])
    let noise = Self.noise(1 << 20)
    _ = try DatasetWriter.write(to: URL(filePath: output), identity: identity, shape: shape) { writer in
      for position in writer.finishedClasses.count..<classes {
        try writer.begin(id: "class-\(position)", name: "noise \(position)")
        for index in 0..<perClass {
          // Images begin anywhere in the noise: their contents do not matter, only that they differ.
          let start = (position * perClass + index) * 4099 % (noise.count - shape.count)
          try writer.append(noise[start..<start + shape.count])
        }
        try writer.end { $0 / 10 }
      }
      return try writer.finish(source: .init(name: "noise", shape: shape, files: []), resampling: "none") {
        $0.map { _ in .train }
      }
    }
  }

  /// The upper bytes of a linear congruential generator (Knuth, MMIX).
  private static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}
