/// Mean and deviation of each channel, summed in integers: exact, in any order.
struct ChannelStatistics {
  private var sums: [Int]
  private var squares: [Int]
  private var count = 0

  init(channels: Int) {
    sums = Array(repeating: 0, count: channels)
    squares = sums
  }

  /// Adds pixels [.., channels].
  mutating func add(_ pixels: ArraySlice<UInt8>) {
    let channels = sums.count
    var channel = 0
    for pixel in pixels {
      sums[channel] += Int(pixel)
      squares[channel] += Int(pixel) * Int(pixel)
      channel = channel + 1 == channels ? 0 : channel + 1
    }
    count += pixels.count / channels
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
