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
    "RGB-halved-500x375.jpg", "RGB-restarts-500x375.jpg",
  ]

  /// Runs `body` with the name and the bytes of each mutated file.
  private func forEachMutated(_ body: (_ name: String, _ file: [UInt8]) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let images = try MadeImages(in: folder)
      let files = try Self.names.map { (name: $0, bytes: try images.file($0)) }
      for index in 0..<Self.count {
        let (name, bytes) = files[index % files.count]
        try body("\(index)-\(name)", Self.mutate(bytes, index))
      }
    }
  }

  @Test(
    "a mutated file is skipped with a reason, or gives an image", arguments: [DecodingSettings.full(32), .scaled(8)])
  func mutated(settings: DecodingSettings) throws {
    let decoder = ImageDecoder(settings)
    try forEachMutated { name, file in
      let image = decoder.decode(file)
      #expect(image == ImageDecoder(settings).decode(file), "\(name)")
      switch image {
      case .pixels(let pixels, _): #expect(pixels.count == settings.size * settings.size * 3, "\(name)")
      case .skipped(let reason): #expect(!reason.isEmpty, "\(name)")
      }
    }
  }

  @Test(
    "a build from mutated files ends well in 600 MiB, whatever sizes their headers tell", arguments: DecodeMode.allCases
  )
  func memory(mode: DecodeMode) throws {
    try withTemporaryFolder { folder in
      let input = folder.appending(path: "tree/mutated")
      try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
      try forEachMutated { name, file in try Data(file).write(to: input.appending(path: name)) }
      let report = try Python.run(
        script: Repository.root.appending(path: "Tools/Readers/peak_memory.py"),
        arguments: [
          Repository.tools.appending(path: "dataprep").path, "build", "shards", "--source", "folder",
          "--input", input.deletingLastPathComponent().path, "--size", "16", "--decode", mode.rawValue,
          "--max-skipped", "1", "--output", folder.appending(path: "out").path,
        ])
      let numbers = report.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      try #require(numbers.count == 2)
      #expect(numbers[0] == 0)
      #expect(numbers[1] < 600 << 10)
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
}
