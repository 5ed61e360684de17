/// Mean and deviation of each channel, summed in integers: exact, in any order.
struct ChannelStatistics: Codable, Equatable {
  private var sums: [Int]
  private var squares: [Int]
  /// Pixels of each channel.
  private var count = 0

  init(channels: Int) {
    sums = Array(repeating: 0, count: channels)
    squares = sums
  }

  /// Adds pixels [.., channels].
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

  /// Adds what another one was told, of as many channels.
  mutating func add(_ other: ChannelStatistics) {
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
    count += other.count
  }

  /// 0 and 0 where nothing was added.
  var channels: [Manifest.Channel] {
    zip(sums, squares).map { sum, square in
      let number = Double(max(count, 1))
      let mean = Double(sum) / number
      let variance = max(Double(square) / number - mean * mean, 0)
      return Manifest.Channel(mean: mean, standardDeviation: variance.squareRoot())
    }
  }
}
