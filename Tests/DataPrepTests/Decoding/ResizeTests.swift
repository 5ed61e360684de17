import Foundation
import TestSupport
import Testing

@testable import DataPrep

@Suite struct ResizeTests {
  @Test(
    "in full mode no pixel is more than 1 from Pillow's, whatever the kind and size of the file",
    arguments: ResamplingFilter.allCases, [32, 48])
  func likePillow(filter: ResamplingFilter, size: Int) throws {
    try withTemporaryFolder { folder in
      let images = try MadeImages(in: folder)
      let expected = try images.resizedByPillow(.full(size, filter))
      let decoder = ImageDecoder(.full(size, filter))
      #expect(images.names.count * size * size * 3 == expected.count)
      for (index, name) in images.names.enumerated() {
        let pixels = try decoder.decode(images.file(name)).flawless()
        let difference = largestDifference(pixels, expected[(index * pixels.count)...])
        #expect(difference <= 1, "\(name)")
      }
    }
  }

  @Test(
    "in scaled mode photographs' worth of texture is at least 38 dB from full mode",
    arguments: ResamplingFilter.allCases)
  func scaled(filter: ResamplingFilter) throws {
    try withTemporaryFolder { folder in
      let script = Repository.root.appending(path: "Benchmarks/make_jpegs.py")
      _ = try Python.run(script: script, arguments: [folder.path, "20"])
      let full = ImageDecoder(.full(32, filter))
      let scaled = ImageDecoder(.scaled(32, filter))
      for index in 0..<20 {
        let url = folder.appending(path: "class-00/\(String(format: "%05d", index)).JPEG")
        let file = [UInt8](try Data(contentsOf: url))
        let ratio = peakSignalToNoise(try scaled.decode(file).flawless(), try full.decode(file).flawless())
        #expect(ratio >= 38)
        #expect(ratio < 70, "it was decoded in full")
      }
    }
  }

  @Test("the JPEG decoder shrinks as far as leaves two pixels for one of the result, along both sides")
  func reduction() {
    let factors = [
      (500, 375), (375, 500), (512, 512), (511, 511), (505, 505), (128, 128), (127, 63), (40, 4000), (1, 1),
    ]
    .map { JPEGReduction.factor(width: $0.0, height: $0.1, size: 32) }
    #expect(factors == [4, 4, 8, 8, 8, 2, 1, 1, 1])
  }

  @Test("an image of the result's size is left as it is", arguments: ResamplingFilter.allCases)
  func sameSize(filter: ResamplingFilter) {
    let pixels = (0..<16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let resampler = Resampler(size: 16, filter: filter)
    #expect(resampler.resample(Picture(width: 16, height: 16, pixels: pixels)) == pixels)
  }

  @Test("the weights of lengths seen lately are remembered up to 2 MiB, those of long strips and of many lengths too")
  func remembered() {
    let resampler = Resampler(size: 32, filter: .lanczos)
    var most = 0
    for length in [100, 60_000, 100, 90_000] + Array(4_000..<4_100) {
      _ = resampler.resample(Picture(width: length, height: 1, pixels: [UInt8](repeating: 9, count: length * 3)))
      most = max(most, resampler.rememberedBytes)
    }
    #expect(most > 1 << 20 && most <= Resampler.mostRememberedBytes)
  }

  @Test("the last of reduced pixels stands for what is left of the image")
  func reducedEdge() {
    let weights = ResamplingWeights(from: 9, reducedBy: 4, to: 3, filter: .box)
    let unit = Double(1 << FixedPoint.precision)
    #expect(weights.ranges == [0..<1, 0..<2, 1..<3])
    let shares = (0..<3).flatMap { row in
      (0..<weights.ranges[row].count).map { (3 * Double(weights.values[row * weights.stride + $0]) / unit).rounded() }
    }
    #expect(shares == [3, 1, 2, 2, 1])
  }
}
