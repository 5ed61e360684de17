/// Sums of weighted pixels in fixed point, with the binary point where Pillow has it.
enum FixedPoint {
  /// The number of binary digits after the point of a weight: 8 bits of a pixel and 2 for filters that overshoot leave
  /// 22.
  static let precision = 22
  /// One half. Sums begin with it, so that cutting off the digits after the point rounds.
  static let half = Int32(1) << (precision - 1)

  /// Returns a sum as a pixel: the digits after the point cut off, and the rest limited to 0 … 255.
  static func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> precision) }

  /// Adds `count` values of `pixels` from `source` on, times a weight, to `sums` from `target` on.
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
      result.withUnsafeMutableBufferPointer { result in
        values.withUnsafeBufferPointer { values in
          for (x, range) in ranges.enumerated() {
            var pixel = source + range.lowerBound * 3
            var weight = x * stride
            var (red, green, blue) = (FixedPoint.half, FixedPoint.half, FixedPoint.half)
            for _ in range {
              red &+= values[weight] &* Int32(pixels[pixel])
              green &+= values[weight] &* Int32(pixels[pixel + 1])
              blue &+= values[weight] &* Int32(pixels[pixel + 2])
              weight += 1
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
}
