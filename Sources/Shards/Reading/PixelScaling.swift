/// A linear map from stored pixels, 0 to 255, to numbers: pixel × scale + shift.
public struct PixelScaling: Sendable, Equatable {
  /// The factor of every value of an image, [height × width × channels].
  let scales: [Float]
  /// The term added to every value of an image, [height × width × channels].
  let shifts: [Float]

  init(_ shape: Manifest.Shape, scale: (_ channel: Int) -> Double, shift: (_ channel: Int) -> Double) {
    let channels = 0..<shape.channels
    let pixels = shape.height * shape.width
    scales = repeatElement(channels.map { Float(scale($0)) }, count: pixels).flatMap { $0 }
    shifts = repeatElement(channels.map { Float(shift($0)) }, count: pixels).flatMap { $0 }
  }

  /// Returns the scaling to numbers from 0 to 1: pixels divided by 255.
  public static func unit(_ shape: Manifest.Shape) -> PixelScaling {
    PixelScaling(shape) { _ in
      1.0 / 255
    } shift: { _ in
      0
    }
  }

  /// Returns the scaling to mean 0 and standard deviation 1 of each channel, over the training images of the dataset's
  /// train classes. A channel that never changes is only centred.
  public static func normalised(_ manifest: Manifest) -> PixelScaling {
    func scale(_ channel: Int) -> Double {
      let deviation = manifest.channels[channel].standardDeviation
      return deviation > 0 ? 1 / deviation : 1
    }
    return PixelScaling(manifest.shape, scale: scale) { -manifest.channels[$0].mean * scale($0) }
  }
}
