import Foundation
import Randomness
import TestSupport
import Testing

@testable import DataPrep

/// Damaged archives end in an error or in what is left of them, and never in a crash or in memory for what they claim.
@Suite struct ArchiveMutationTests {
  private static let isLong = ProcessInfo.processInfo.environment["LOPT_LONG"] != nil
  private static let count = isLong ? 500 : 100

  /// One of: some bits flipped, a cut, a part repeated, numbers at their largest.
  private func mutated(_ data: Data, _ random: inout RandomStream) -> Data {
    var bytes = [UInt8](data)
    // Where the headers are, half of the time: the rest of a file is pixels.
    let reach = random.below(2) == 0 ? bytes.count : min(bytes.count, 600)
    switch random.below(5) {
    case 0: for _ in 0...random.below(8) { bytes[random.below(reach)] ^= UInt8(1 << random.below(8)) }
    case 1: bytes.removeLast(random.below(bytes.count))
    case 2:
      let start = random.below(reach)
      bytes.insert(contentsOf: bytes[start..<min(start + 700, bytes.count)], at: start)
    case 3:
      let start = random.below(reach)
      for position in start..<min(start + 8, bytes.count) { bytes[position] = 0xFF }
    default:
      // The end of a zip archive, where its list is.
      for _ in 0...random.below(4) {
        bytes[bytes.count - 1 - random.below(min(bytes.count, 400))] = UInt8(random.below(256))
      }
    }
    return Data(bytes)
  }

  /// This process's largest memory so far, in KiB.
  private func peakKibibytes() throws -> Int {
    let status = try String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return Int(line.split(separator: " ").dropLast().last ?? "") ?? 0
  }

  @Test(
    "mutated tars, npz and IDX files are read or refused",
    arguments: [SmallSource.imagenetTar, .imagenetPipe, .imagenet32, .imagenet32Deflated, .mnist])
  func mutations(small: SmallSource) throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "source")
      try small.make(in: source, classes: 2, images: 3)
      let files = try SmallSource.files(source)
      let contents = try files.map { try Data(contentsOf: $0) }
      var random = RandomStream(seed: 4, purpose: .test)
      let before = try peakKibibytes()
      var refused = 0
      for _ in 0..<Self.count {
        let chosen = random.below(files.count)
        try mutated(contents[chosen], &random).write(to: files[chosen])
        do {
          _ = try small.open(source).readAll()
        } catch is DataPrepError {
          refused += 1
        }
        try contents[chosen].write(to: files[chosen])
      }
      #expect(refused > Self.count / 4)
      #expect(try peakKibibytes() - before < 600 << 10)
    }
  }
}
