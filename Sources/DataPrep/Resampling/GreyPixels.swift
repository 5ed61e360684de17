/// Grey pixels of coloured ones, as Pillow's `Image.convert("L")` makes them: luma of ITU-R BT.601 in fixed point
/// (src/libImaging/Convert.c).
enum GreyPixels {
  /// The weights of red, green and blue in 65,536ths.
  private static let weights: (red: UInt32, green: UInt32, blue: UInt32) = (19_595, 38_470, 7_471)
  /// One half, so that cutting off the binary digits after the point rounds.
  private static let half: UInt32 = 1 << 15

  /// Returns a pixel [count] for each of `colours` [count, 3], red first. Where the three are the same, it is that value.
  static func of(_ colours: [UInt8]) -> [UInt8] {
    let pixels = colours.count / 3
    return [UInt8](unsafeUninitializedCapacity: pixels) { result, count in
      for pixel in 0..<pixels {
        let red: UInt32 = weights.red * UInt32(colours[3 * pixel])
        let green: UInt32 = weights.green * UInt32(colours[3 * pixel + 1])
        let blue: UInt32 = weights.blue * UInt32(colours[3 * pixel + 2])
        let sum: UInt32 = half + red + green + blue
        result[pixel] = UInt8(truncatingIfNeeded: sum >> 16)
      }
      count = pixels
    }
  }
}
