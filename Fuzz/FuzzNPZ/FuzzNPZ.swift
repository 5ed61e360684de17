import Foundation
import FuzzRunner

@testable import DataPrep

/// Reads a zip archive of arrays, as `numpy.savez` writes it, and takes it for a batch of the downsampled ImageNet.
@main
enum FuzzNPZ {
  /// The bytes of a member that are read at once, and the most of them all.
  private static let (piece, most) = (1 << 16, 1 << 20)

  static func main() {
    Fuzzer.run { bytes in
      try Fuzzer.withFile(bytes) { file in
        Fuzzer.refusing {
          _ = try ImageNet32.open(
            [file.path], size: 8, classes: nil, scratch: FileManager.default.temporaryDirectory)
        }
        let archive = try ZipArchive(file.path)
        for member in archive.members { Fuzzer.refusing { try read(member, of: archive) } }
      }
    }
  }

  private static func read(_ member: ZipArchive.Member, of archive: ZipArchive) throws {
    Fuzzer.refusing { _ = try NPYHeader(ZipMemberReader(member, of: archive)) }
    let reader = try ZipMemberReader(member, of: archive)
    while reader.offset < min(reader.size, most) {
      let count = min(piece, reader.size - reader.offset)
      let content = try reader.read(count)
      precondition(content.count == count, "a piece is whole")
    }
  }
}
