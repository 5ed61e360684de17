import Foundation
import FuzzRunner

@testable import DataPrep

/// Reads a tar archive, and those that lie in it.
@main
enum FuzzTar {
  static func main() {
    Fuzzer.run { bytes in
      try Fuzzer.withFile(withChecksums(bytes)) { file in
        Fuzzer.refusing { try TarReader.checkEnd(file.path) }
        let archive = try ForwardFile(file.path)
        try read(TarReader(archive), of: archive)
      }
    }
  }

  private static func read(_ archive: TarReader, of file: ForwardFile, isInner: Bool = false) throws {
    var archive = archive
    while let entry = try archive.nextEntry() {
      if entry.isLink { continue }
      if !isInner, entry.name.hasSuffix(".tar") {
        let inner = TarReader(file, size: entry.size, named: entry.name)
        Fuzzer.refusing { try read(inner, of: file, isInner: true) }
        precondition(file.offset <= entry.offset + entry.size, "an archive ends where its entry does")
      } else {
        let content = try archive.read(entry)
        precondition(content.count == entry.size, "an entry is whole")
      }
    }
  }

  /// Returns an archive with the right checksum in each header, which hardly any change would leave right.
  private static func withChecksums(_ archive: [UInt8]) -> [UInt8] {
    var archive = archive
    let size = TarHeader.blockSize
    for start in stride(from: 0, through: archive.count - size, by: size)
    where archive[start + 257..<start + 262].elementsEqual("ustar".utf8) {
      archive.replaceSubrange(start + 148..<start + 156, with: repeatElement(UInt8(ascii: " "), count: 8))
      let sum = archive[start..<start + size].reduce(0) { $0 + Int($1) }
      let digits = String(sum, radix: 8)
      archive.replaceSubrange(start + 148..<start + 148 + digits.utf8.count, with: digits.utf8)
    }
    return archive
  }
}
