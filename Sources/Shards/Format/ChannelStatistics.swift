/// The running sums from which the mean and standard deviation of each channel follow.
///
/// The sums are integers, so the result is exact and does not depend on the order in which images are added.
struct ChannelStatistics: Codable, Equatable {
  /// The sum of the pixels, and of their squares, of each channel.
  private var sums: [Int]
  private var squares: [Int]
  /// The number of pixels summed in each channel.
  private var count = 0

  init(channels: Int) {
    sums = Array(repeating: 0, count: channels)
    squares = sums
  }

  /// Adds pixels of any number of images, [.., channels].
  mutating func add(_ pixels: RawSpan) {
    pixels.withUnsafeBytes { pixels in
      for channel in sums.indices {
        var (sum, square) = (0, 0)
        for position in stride(from: channel, to: pixels.count, by: sums.count) {
          let value = Int(pixels[position])
          sum += value
          square += value * value
        }
        sums[channel] += sum
        squares[channel] += square
      }
      count += pixels.count / sums.count
    }
  }

  /// Adds the sums of `other`, which has as many channels.
  mutating func add(_ other: ChannelStatistics) {
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
    count += other.count
  }

  /// The mean and standard deviation of each channel, in units of the pixels; 0 and 0 where nothing was added.
  var channels: [Manifest.Channel] {
    zip(sums, squares).map { sum, square in
      let number = Double(max(count, 1))
      let mean = Double(sum) / number
      let variance = max(Double(square) / number - mean * mean, 0)
      return Manifest.Channel(mean: mean, standardDeviation: variance.squareRoot())
    }
  }
}
