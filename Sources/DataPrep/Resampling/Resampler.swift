/// Squeezes whole pictures to size × size pixels.
///
/// It goes one direction after the other, rounded to 8 bits in between, to the same bits as `Image.resize` of Pillow
/// 13. In neither order does it keep more of the source than a row.
final class Resampler {
  private let size: Int
  private let filter: ResamplingFilter
  private struct Axis: Hashable {
    var length: Int
    var reduction: Int
  }

  /// The weights for the lengths seen lately.
  private var weights: [Axis: ResamplingWeights] = [:]
  /// The bytes of the weights that are remembered.
  private(set) var rememberedBytes = 0
  /// The most bytes of weights that are remembered. A thousand axes of usual photographs take less, a picture that is a
  /// long strip more.
  static let mostRememberedBytes = 2 << 20

  init(size: Int, filter: ResamplingFilter) {
    self.size = size
    self.filter = filter
  }

  /// Resamples a picture.
  /// - Returns: [size, size, 3], red first.
  func resample(_ picture: Picture) -> [UInt8] {
    let horizontal = weights(Axis(length: picture.width, reduction: picture.reduction))
    let vertical = weights(Axis(length: picture.height, reduction: picture.reduction))
    // Where the height shrinks by far more pixels than the width, Pillow shrinks it first. That matters: a filter that
    // overshoots is cut off at 0 and 255 in between.
    let lost = (columns: picture.width - size, rows: picture.height - size)
    return lost.rows > max(2 * lost.columns, 0)
      ? columnsFirst(picture, horizontal, vertical) : rowsFirst(picture, horizontal, vertical)
  }

  /// Makes each source row narrower and adds it at once to the rows of the result that it belongs to.
  private func rowsFirst(
    _ picture: Picture, _ horizontal: ResamplingWeights, _ vertical: ResamplingWeights
  ) -> [UInt8] {
    var sums = [Int32](repeating: FixedPoint.half, count: size * size * 3)
    var row = [UInt8](repeating: 0, count: size * 3)
    var first = 0
    for y in 0..<picture.rows {
      // The ranges of rows only move on: the rows of the result before `first` are complete.
      while first < size, vertical.ranges[first].upperBound <= y { first += 1 }
      var target = first
      guard target < size, vertical.ranges[target].lowerBound <= y else { continue }
      horizontal.apply(to: picture.pixels, from: y * picture.columns * 3, into: &row, at: 0)
      while target < size, vertical.ranges[target].lowerBound <= y {
        let weight = vertical.values[target * vertical.stride + y - vertical.ranges[target].lowerBound]
        FixedPoint.add(row, from: 0, times: weight, to: &sums, at: target * row.count, count: row.count)
        target += 1
      }
    }
    return sums.map(FixedPoint.rounded)
  }

  /// Sums the source rows of each row of the result, and makes the sum narrower.
  private func columnsFirst(
    _ picture: Picture, _ horizontal: ResamplingWeights, _ vertical: ResamplingWeights
  ) -> [UInt8] {
    let length = picture.columns * 3
    var result = [UInt8](repeating: 0, count: size * size * 3)
    for target in 0..<size {
      var sums = [Int32](repeating: FixedPoint.half, count: length)
      for (index, y) in vertical.ranges[target].enumerated() {
        let weight = vertical.values[target * vertical.stride + index]
        FixedPoint.add(picture.pixels, from: y * length, times: weight, to: &sums, at: 0, count: length)
      }
      horizontal.apply(to: sums.map(FixedPoint.rounded), from: 0, into: &result, at: target * size * 3)
    }
    return result
  }

  private func weights(_ axis: Axis) -> ResamplingWeights {
    if let known = weights[axis] { return known }
    let made = ResamplingWeights(from: axis.length, reducedBy: axis.reduction, to: size, filter: filter)
    let bytes = made.values.count * MemoryLayout<Int32>.stride
    guard bytes <= Self.mostRememberedBytes else { return made }
    if rememberedBytes + bytes > Self.mostRememberedBytes {
      weights.removeAll()
      rememberedBytes = 0
    }
    weights[axis] = made
    rememberedBytes += bytes
    return made
  }
}
