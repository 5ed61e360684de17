/// Sums of weighted pixels, with the binary point where Pillow has it.
enum FixedPoint {
  /// Binary digits after the point of a weight: 8 bits of a pixel and 2 for filters that overshoot leave 22.
  static let precision = 22
  /// One half: what sums begin with, so that cutting them off rounds.
  static let half = Int32(1) << (precision - 1)

  static func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> precision) }

  /// Adds `count` pixels times a weight.
  static func add(
    _ pixels: [UInt8], from source: Int, times weight: Int32, to sums: inout [Int32], at target: Int, count: Int
  ) {
    precondition(source + count <= pixels.count && target + count <= sums.count)
    pixels.withUnsafeBufferPointer { pixels in
      sums.withUnsafeMutableBufferPointer { sums in
        for index in 0..<count { sums[target + index] &+= weight &* Int32(pixels[source + index]) }
      }
    }
  }
}

extension ResamplingWeights {
  /// Resamples one row: of pixels [source, 3] that begin at `source`, pixels [result, 3] that begin at `target`.
  func apply(to pixels: [UInt8], from source: Int, into result: inout [UInt8], at target: Int) {
    pixels.withUnsafeBufferPointer { pixels in
      values.withUnsafeBufferPointer { values in
        for x in starts.indices {
          var pixel = source + starts[x] * 3
          var (red, green, blue) = (FixedPoint.half, FixedPoint.half, FixedPoint.half)
          for index in x * stride..<x * stride + counts[x] {
            let weight = values[index]
            red &+= weight &* Int32(pixels[pixel])
            green &+= weight &* Int32(pixels[pixel + 1])
            blue &+= weight &* Int32(pixels[pixel + 2])
            pixel += 3
          }
          result[target + 3 * x] = FixedPoint.rounded(red)
          result[target + 3 * x + 1] = FixedPoint.rounded(green)
          result[target + 3 * x + 2] = FixedPoint.rounded(blue)
        }
      }
    }
  }
}
