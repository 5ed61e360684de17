import CTurboJPEG
import Foundation
import TestSupport
import Testing

@testable import DataPrep

@Suite struct SubsamplingTests {
  /// The pixels of a picture, [height, width, 3].
  private struct Pixels {
    var width: Int
    var height: Int
    var values: [UInt8]

    /// Returns a baseline JPEG of the pixels.
    func encoded(_ sampling: TJSAMP, quality: Int32 = 90) throws -> [UInt8] {
      let handle = try #require(tjInitCompress())
      defer { tjDestroy(handle) }
      var buffer: UnsafeMutablePointer<UInt8>?
      var size: UInt = 0
      let result = tjCompress2(
        handle, values, Int32(width), 0, Int32(height), TJPF_RGB.rawValue, &buffer, &size, Int32(sampling.rawValue),
        quality, 0)
      defer { tjFree(buffer) }
      #expect(result == 0)
      return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }
  }

  /// Photographs' worth of texture, 500×375 and so on.
  private func photographs(_ count: Int) throws -> [Pixels] {
    try withTemporaryFolder { folder in
      let script = Repository.root.appending(path: "Benchmarks/make_jpegs.py")
      _ = try Python.run(script: script, arguments: [folder.path, "\(count)"])
      return try (0..<count).map { index in
        let url = folder.appending(path: "class-00/\(String(format: "%05d", index)).JPEG")
        let file = [UInt8](try Data(contentsOf: url))
        let turbo = try TurboJPEG(file)
        let values = try turbo.decode(file, reduction: 1).pixels
        return Pixels(width: turbo.header.width, height: turbo.header.height, values: values)
      }
    }
  }

  private static let ratios: [(name: String, sampling: TJSAMP)] = [
    ("4:4:4", TJSAMP_444), ("4:2:0", TJSAMP_420), ("4:2:2", TJSAMP_422), ("4:4:0", TJSAMP_440), ("4:1:1", TJSAMP_411),
    ("grey", TJSAMP_GRAY),
  ]

  @Test("scaled decoding loses no more of colours at half of one side, or a quarter, than of those at half of both")
  func loss() throws {
    let scaled = ImageDecoder(.scaled(32))
    let full = ImageDecoder(.full(32))
    let photographs = try photographs(8)
    var lowest: [String: Double] = [:]
    for (name, sampling) in Self.ratios {
      lowest[name] = try photographs.map { photograph in
        let file = try photograph.encoded(sampling)
        return try peakSignalToNoise(scaled.decode(file).flawless(), full.decode(file).flawless())
      }.min()
    }
    for (name, ratio) in lowest { #expect(ratio >= 46, "\(name): \(lowest)") }
  }

  @Test("the decoder shrinks by as much as leaves two samples of each component for a pixel of the result")
  func reduction() throws {
    let picture = Pixels(width: 500, height: 375, values: [UInt8](repeating: 128, count: 500 * 375 * 3))
    let expected = ["4:4:4": 4, "4:2:0": 4, "4:2:2": 2, "4:4:0": 2, "4:1:1": 1, "grey": 4]
    for (name, sampling) in Self.ratios {
      let factors = JPEGScans.sampling(in: try picture.encoded(sampling))
      #expect(factors.count == (name == "grey" ? 1 : 3))
      #expect(JPEGReduction.factor(width: 500, height: 375, size: 32, sampling: factors) == expected[name], "\(name)")
    }
  }

  @Test("our decoder is within 3 of libjpeg-turbo where no component leaves 0…255, and within 12 at the worst quality")
  func quality() throws {
    for photograph in try photographs(4) {
      for (quality, most) in [(Int32(50), 3), (5, 12)] {
        for sampling in [TJSAMP_444, TJSAMP_420] {
          let file = try photograph.encoded(sampling, quality: quality)
          for reduction in [2, 4, 8] {
            let ours = try #require(BaselineJPEG(file)?.decode(reduction: reduction))
            let theirs = try TurboJPEG(file).decode(file, reduction: reduction).pixels
            let difference = largestDifference(ours, theirs)
            #expect(difference <= most, "quality \(quality), reduction \(reduction)")
          }
        }
      }
    }
  }
}
