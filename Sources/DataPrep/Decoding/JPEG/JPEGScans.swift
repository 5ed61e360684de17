/// A test for whether a JPEG's decoder needs to keep all coefficients.
enum JPEGScans {
  /// Returns true where one scan that is not progressive has the whole image; false where that cannot be told.
  static func isOne(in file: [UInt8]) -> Bool {
    var components: UInt8?
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
      case 0xC2, 0xC6, 0xCA, 0xCE: return false
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker): components = file[start + 9]
      case 0xDA: return file[start + 4] == components
      default: break
      }
      position = start + 2 + Int(file[start + 2]) << 8 + Int(file[start + 3])
    }
    return false
  }
}
