import Foundation

/// The source pixels along one axis that make each pixel of the result, and their weights.
///
/// Support, cut, normalisation and the fixed point are those of Pillow's `Image.resize`
/// (https://github.com/python-pillow/Pillow, src/libImaging/Resample.c), so that results are the same to the bit.
struct ResamplingWeights: Sendable {
  /// The range of source pixels for each pixel of the result, at least one.
  let ranges: [Range<Int>]
  /// The weights, [result, ``stride``] in fixed point; each row is filled up with zeros.
  let values: [Int32]
  /// The most source pixels that a pixel of the result has.
  let stride: Int

  /// Computes the weights.
  /// - Parameters:
  ///   - source: the length of the whole source in pixels, at least 1.
  ///   - reduction: the number of source pixels that each pixel at hand is the mean of; the last one may be of fewer. A
  ///     pixel at hand gets all their weights.
  ///   - target: the length of the result in pixels, at least 1.
  init(from source: Int, reducedBy reduction: Int = 1, to target: Int, filter: ResamplingFilter) {
    let scale = Double(source) / Double(target)
    let widening = max(scale, 1)  // A smaller image sees through the filter stretched over the pixels that it loses.
    let support = filter.support * widening
    stride = Int(support.rounded(.up)) * 2 / reduction + 2
    var ranges: [Range<Int>] = []
    var values = [Int32](repeating: 0, count: target * stride)
    for position in 0..<target {
      let center = (Double(position) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), source)
      let weights = (first..<end).map { filter.value((Double($0) - center + 0.5) * (1 / widening)) }
      let sum = weights.reduce(0, +)
      let start = first / reduction
      var shares = [Double](repeating: 0, count: (end - 1) / reduction + 1 - start)
      for (offset, weight) in weights.enumerated() {
        shares[(first + offset) / reduction - start] += sum == 0 ? weight : weight / sum
      }
      for (offset, share) in shares.enumerated() {
        let fixed = share * Double(1 << FixedPoint.precision)
        values[position * stride + offset] = Int32(fixed.rounded(.toNearestOrAwayFromZero))
      }
      ranges.append(start..<start + shares.count)
    }
    (self.ranges, self.values) = (ranges, values)
  }
}

extension ResamplingFilter {
  /// The distance from the centre at which the filter ends, in pixels of the smaller image.
  fileprivate var support: Double {
    switch self {
    case .box: 0.5
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  fileprivate func value(_ x: Double) -> Double {
    switch self {
    case .box: x > -0.5 && x <= 0.5 ? 1 : 0
    case .bicubic: Self.cubic(abs(x))
    case .lanczos: x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  /// The cubic convolution of Keys (1981) with a = −0.5.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}
