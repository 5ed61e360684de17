import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// The files of Tools/Readers/make_images.py: every kind of image that the decoder must know, in many sizes.
struct MadeImages {
  let folder: URL
  /// In the order of Python's `sorted`.
  let names: [String]

  init(in folder: URL) throws {
    self.folder = folder
    let script = Repository.root.appending(path: "Tools/Readers/make_images.py")
    _ = try Python.run(script: script, arguments: [folder.path])
    names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  func file(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

  /// What Pillow makes of all of them: for each size × size × 3 bytes.
  func resizedByPillow(_ settings: DecodingSettings) throws -> [UInt8] {
    try withTemporaryFolder { temporary in
      let output = temporary.appending(path: "pixels")
      let script = Repository.root.appending(path: "Tools/Readers/resize_images.py")
      let arguments = [folder.path, "\(settings.size)", settings.filter.rawValue, output.path]
      _ = try Python.run(script: script, arguments: arguments)
      return [UInt8](try Data(contentsOf: output))
    }
  }
}

extension DecodingSettings {
  static func full(_ size: Int, _ filter: ResamplingFilter = .box) -> DecodingSettings {
    DecodingSettings(size: size, filter: filter, mode: .full, maxPixels: 1_000_000)
  }

  static func scaled(_ size: Int, _ filter: ResamplingFilter = .box) -> DecodingSettings {
    DecodingSettings(size: size, filter: filter, mode: .scaled, maxPixels: 1_000_000)
  }
}

extension DecodedImage {
  /// The pixels of an image about which there is nothing to say.
  func flawless() throws -> [UInt8] {
    guard case .pixels(let pixels, warning: nil) = self else {
      throw UndecodableImage("not a flawless image: \(self)")
    }
    return pixels
  }

  /// Why it was skipped; nil where it was not.
  var reason: String? {
    guard case .skipped(let reason) = self else { return nil }
    return reason
  }
}

/// The largest difference of two images.
func largestDifference(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> Int {
  zip(first, second).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}

/// The signal-to-noise ratio of two images, in dB.
func peakSignalToNoise(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> Double {
  let squares = zip(first, second).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return 10 * log10(255 * 255 * Double(first.count) / max(squares, 1e-9))
}
