/// The facts in a JPEG's headers that libjpeg-turbo's interface does not tell.
enum JPEGScans {
  /// Returns true where one scan that is not progressive has the whole image; false where that cannot be told.
  static func isOne(in file: [UInt8]) -> Bool {
    var components: UInt8?
    var isOne = false
    forEachSegment(in: file) { marker, start in
      switch marker {
      case 0xC2, 0xC6, 0xCA, 0xCE: return false
      case 0xDA:
        isOne = file[start + 4] == components
        return false
      default:
        if isFrame(marker) { components = file[start + 9] }
        return true
      }
    }
    return isOne
  }

  /// Returns the sampling factors of the components (ITU-T T.81, B.2.2); none where they cannot be told.
  static func sampling(in file: [UInt8]) -> [JPEGReduction.Sampling] {
    var sampling: [JPEGReduction.Sampling] = []
    forEachSegment(in: file) { marker, start in
      guard marker != 0xDA else { return false }
      guard isFrame(marker) else { return true }
      let components = Int(file[start + 9])
      if start + 10 + 3 * components <= file.count {
        sampling = (0..<components).map { file[start + 11 + 3 * $0] }
          .map { JPEGReduction.Sampling(horizontal: Int($0 >> 4), vertical: Int($0 & 15)) }
      }
      return false
    }
    return sampling.allSatisfy { $0.horizontal > 0 && $0.vertical > 0 } ? sampling : []
  }

  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
  }

  /// Calls `body` with each segment's marker and the place of its first byte, as long as it returns true. At least eight
  /// bytes lie behind the marker.
  private static func forEachSegment(in file: [UInt8], _ body: (_ marker: UInt8, _ start: Int) -> Bool) {
    var position = 2
    while let start = file[min(position, file.count)...].firstIndex(of: 0xFF), start + 10 <= file.count {
      let marker = file[start + 1]
      switch marker {
      case 0xFF:  // filled up
        position = start + 1
        continue
      case 0, 1, 0xD0...0xD9:  // no segment
        position = start + 2
        continue
      default: break
      }
      guard body(marker, start) else { return }
      position = start + 2 + Int(file[start + 2]) << 8 + Int(file[start + 3])
    }
  }
}
