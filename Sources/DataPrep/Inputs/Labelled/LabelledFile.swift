/// A file of raw images, each with the label of its class, in any order.
protocol LabelledFile: Sendable {
  /// The path and the size in bytes of each file on the disk that it consists of, for the manifest.
  var parts: [(path: String, bytes: Int)] { get }
  /// The label of every image.
  var labels: [UInt16] { get }
  /// Whether all its images are for validation.
  var isValidation: Bool { get }

  /// Hands over the pixels of every image in order, [height, width, channels].
  /// - Throws: ``DataPrepError`` where the file is damaged or ends early.
  func forEachImage(_ body: ([UInt8]) throws -> Void) throws
}

/// Returns pixels that a file keeps channel after channel, [channels, height, width], as [height, width, channels].
func interleaved(_ planes: ArraySlice<UInt8>, channels: Int) -> [UInt8] {
  let area = planes.count / channels
  return [UInt8](unsafeUninitializedCapacity: planes.count) { pixels, count in
    planes.withUnsafeBufferPointer { planes in
      for channel in 0..<channels {
        for position in 0..<area { pixels[position * channels + channel] = planes[channel * area + position] }
      }
    }
    count = planes.count
  }
}
