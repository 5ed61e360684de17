/// Squeezes whole pictures to size × size pixels.
///
/// Rows are made narrower first and rounded to 8 bits, then summed down the columns, as Pillow does; here each source row
/// is added to the rows of the result that it belongs to at once, so that nothing of the source's height is kept.
final class Resampler {
  private let size: Int
  private let filter: ResamplingFilter
  /// Of the lengths seen lately.
  private var weights: [Int: ResamplingWeights] = [:]
  private static let rememberedLengths = 256
  /// A narrowed source row: [size, 3].
  private var row: [UInt8]
  /// [size, size, 3] in fixed point.
  private var sums: [Int32]

  init(size: Int, filter: ResamplingFilter) {
    self.size = size
    self.filter = filter
    row = [UInt8](repeating: 0, count: size * 3)
    sums = [Int32](repeating: 0, count: size * size * 3)
  }

  /// - Returns: [size, size, 3]
  func resample(_ picture: Picture) -> [UInt8] {
    let horizontal = weights(from: picture.width)
    let vertical = weights(from: picture.height)
    let length = size * 3
    for index in sums.indices { sums[index] = Self.half }
    var target = 0
    for y in 0..<picture.height {
      // Both ends of the rows' ranges only grow: the rows that are complete lie before `target`.
      while target < size, vertical.starts[target] + vertical.counts[target] <= y { target += 1 }
      var next = target
      guard next < size, vertical.starts[next] <= y else { continue }
      narrow(picture, y, horizontal)
      while next < size, vertical.starts[next] <= y {
        let weight = vertical.values[next * vertical.stride + y - vertical.starts[next]]
        let start = next * length
        for column in 0..<length { sums[start + column] &+= weight &* Int32(row[column]) }
        next += 1
      }
    }
    return sums.map(Self.rounded)
  }

  /// Makes ``row`` of a row of the source.
  private func narrow(_ picture: Picture, _ y: Int, _ weights: ResamplingWeights) {
    let source = y * picture.width * 3
    picture.pixels.withUnsafeBufferPointer { pixels in
      weights.values.withUnsafeBufferPointer { values in
        for x in 0..<size {
          var pixel = source + weights.starts[x] * 3
          var (red, green, blue) = (Self.half, Self.half, Self.half)
          for index in x * weights.stride..<x * weights.stride + weights.counts[x] {
            let weight = values[index]
            red &+= weight &* Int32(pixels[pixel])
            green &+= weight &* Int32(pixels[pixel + 1])
            blue &+= weight &* Int32(pixels[pixel + 2])
            pixel += 3
          }
          row[3 * x] = Self.rounded(red)
          row[3 * x + 1] = Self.rounded(green)
          row[3 * x + 2] = Self.rounded(blue)
        }
      }
    }
  }

  private func weights(from length: Int) -> ResamplingWeights {
    if let known = weights[length] { return known }
    if weights.count == Self.rememberedLengths { weights.removeAll() }
    let made = ResamplingWeights(from: length, to: size, filter: filter)
    weights[length] = made
    return made
  }

  /// One half in fixed point: what sums begin with.
  private static let half = Int32(1) << (ResamplingWeights.precision - 1)

  private static func rounded(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> ResamplingWeights.precision)
  }
}
