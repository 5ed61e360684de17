import Foundation
import Randomness
import TestSupport
import Testing

@testable import DataPrep

/// Files with changed bytes, cut, or with other sizes in their headers.
@Suite struct MutationTests {
  private static let count = ProcessInfo.processInfo.environment["LOPT_LONG"] == nil ? 200 : 2_000
  private static let names = [
    "RGB-plain-200x20.jpg", "RGB-halved-31x33.jpg", "RGB-progressive-200x20.jpg", "CMYK-plain-93x17.jpg",
    "L-plain-32x32.jpg", "RGB-200x20.png", "P-93x17.png", "RGBA-31x33.png", "interlaced-200x75.png",
  ]

  @Test("a mutated file is skipped or gives an image, and never takes more memory than its pixels may")
  func mutated() throws {
    try withTemporaryFolder { folder in
      let images = try MadeImages(in: folder)
      let files = try Self.names.map { (name: $0, bytes: try images.file($0)) }
      let before = try Self.peakMemory()
      for settings in [DecodingSettings.full(32), .scaled(8)] {
        let decoder = try ImageDecoder(settings)
        for index in 0..<Self.count {
          let (name, bytes) = files[index % files.count]
          let file = Self.mutate(bytes, index)
          switch decoder.decode(file) {
          case .pixels(let pixels, _): #expect(pixels.count == settings.size * settings.size * 3, "\(name), \(index)")
          case .skipped(let reason): #expect(!reason.isEmpty, "\(name), \(index)")
          }
        }
      }
      // A million pixels are 3 MB, and 6 MB more where a progressive file's coefficients are kept.
      #expect(try Self.peakMemory() - before < 64 << 20)
    }
  }

  /// Up to 8 bits turned, then in one of four other sizes in the header, and in one of four a cut.
  private static func mutate(_ file: [UInt8], _ index: Int) -> [UInt8] {
    var random = RandomStream(seed: 11, purpose: .test, UInt64(index))
    var file = file
    for _ in 0..<random.below(9) { file[random.below(file.count)] ^= 1 << random.below(8) }
    if random.below(4) == 0 {
      for offset in sizes(file) { file[offset] = UInt8(random.below(256)) }
    }
    if random.below(4) == 0 { file.removeLast(random.below(file.count)) }
    return file
  }

  /// Where the header keeps height and width.
  private static func sizes(_ file: [UInt8]) -> [Int] {
    if file.starts(with: PNGFile.signature) { return Array(16..<24) }
    let frame = file.indices.dropLast(9).first { file[$0] == 0xFF && (0xC0...0xC2).contains(file[$0 + 1]) }
    return frame.map { [$0 + 5, $0 + 6, $0 + 7, $0 + 8] } ?? []
  }

  /// The most memory that this process ever had, in bytes.
  private static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber))) << 10
  }
}
