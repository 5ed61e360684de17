/// How a stored pixel becomes a number: pixel × scale + shift.
public struct PixelScaling: Sendable, Equatable {
  /// Of every value of an image, [height × width × channels].
  let scales: [Float]
  let shifts: [Float]

  init(_ shape: Manifest.Shape, scale: (_ channel: Int) -> Double, shift: (_ channel: Int) -> Double) {
    let channels = 0..<shape.channels
    let pixels = shape.height * shape.width
    scales = repeatElement(channels.map { Float(scale($0)) }, count: pixels).flatMap { $0 }
    shifts = repeatElement(channels.map { Float(shift($0)) }, count: pixels).flatMap { $0 }
  }

  /// From 0 to 1: the pixels divided by 255.
  public static func unit(_ shape: Manifest.Shape) -> PixelScaling {
    PixelScaling(shape) { _ in
      1.0 / 255
    } shift: { _ in
      0
    }
  }

  /// Mean 0 and standard deviation 1 of each channel, over the training images of the dataset's train classes; a
  /// channel that never changes is only centred.
  public static func normalised(_ manifest: Manifest) -> PixelScaling {
    func scale(_ channel: Int) -> Double {
      let deviation = manifest.channels[channel].standardDeviation
      return deviation > 0 ? 1 / deviation : 1
    }
    return PixelScaling(manifest.shape, scale: scale) { -manifest.channels[$0].mean * scale($0) }
  }
}
